import { podsOf } from '../../kube/pods.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { defineFault } from '../fault.js';
import { tellProxies } from '../edit-injection.js';

export default defineFault({
  id: 'proxy-cluster-different',
  title: 'the proxies of a cluster have the name of a cluster that does not exist',
  finding: 'F-PROXY-CLUSTER-DIFFERENT',
  requires: ['clusters >= 2'],
  async break({ two }, breakage) {
    await tellProxies(two, breakage, { name: 'elsewhere' });
    // istiod knows no such cluster, and gives the proxy no certificate: its pod never becomes ready
    await breakage.until(
      'a new pod in addition to the old one',
      async () => (await podsOf(two, sampleNamespace, 'deployment/sleep')).length > 1,
    );
  },
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  passes: ['LOC-8'],
});
