import { defineFault } from '../fault.js';
import { eastWestGateway, sampleNamespace } from '../../topology/mesh-names.js';
import { tryPods } from '../../probe/injection.js';
import { restart } from '../breakage.js';

export default defineFault({
  id: 'istiod-unreachable',
  title: "the primary's gateway does not route to istiod, which a remote needs",
  finding: 'F-ISTIOD-UNREACHABLE',
  requires: ['primary-remote'],
  async break({ one, two }, breakage) {
    await breakage.delete(one, one.istio.namespace, 'virtualservices.networking.istio.io/istiod-vs');
    // the remote's API server and proxies keep the connections that they have
    await restart(one, one.istio.namespace, `deployment/${eastWestGateway}`);
    await breakage.until('no injector answers', async () => {
      const [answer] = await tryPods(two, [{ namespace: sampleNamespace }], 'none');
      return answer === 'no injector answers';
    });
  },
  fails: ({ two }) => ({ 'CP-2': [two.name] }),
  // proxies go on with what they have been told
  passes: ['LB-1'],
});
