import { sampleNamespace } from '../../topology/mesh-names.js';
import { rolledOut } from '../breakage.js';
import { defineFault } from '../fault.js';
import { tellProxies } from '../edit-injection.js';

export default defineFault({
  id: 'proxy-network-different',
  title: 'the proxies of a cluster have a different network',
  finding: 'F-PROXY-NETWORK-DIFFERENT',
  requires: ['multi-network'],
  async break({ two }, breakage) {
    await tellProxies(two, breakage, { network: 'elsewhere' });
    await rolledOut(two, sampleNamespace, 'deployment/sleep');
  },
  // they call their neighbours through their own gateway
  fails: ({ two }) => ({ 'LB-3': [two.name] }),
  passes: ['LOC-8'],
});
