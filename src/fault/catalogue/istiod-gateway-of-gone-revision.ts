import { defineFault } from '../fault.js';
import { untilNoInjector } from '../edit-exposure.js';

export default defineFault({
  id: 'istiod-gateway-of-gone-revision',
  title: 'the Gateway that exposes istiod to a remote has a revision that does not exist',
  finding: 'F-ISTIOD-UNREACHABLE',
  requires: ['primary-remote'],
  async break(mesh, breakage) {
    const { namespace } = mesh.one.istio;
    const labels = { 'istio.io/rev': 'gone' };
    await breakage.edit(mesh.one, namespace, 'gateways.networking.istio.io/istiod-gateway', { metadata: { labels } });
    await untilNoInjector(mesh, breakage);
  },
  fails: ({ two }) => ({ 'CP-2': [two.name] }),
  // proxies go on with what they have been told
  passes: ['LB-1'],
});
