import { defineFault } from '../fault.js';
import { untilNoInjector } from '../edit-exposure.js';

export default defineFault({
  id: 'istiod-unreachable',
  title: "the primary's gateway does not route to istiod, which a remote needs",
  finding: 'F-ISTIOD-UNREACHABLE',
  requires: ['primary-remote'],
  async break(mesh, breakage) {
    await breakage.delete(mesh.one, mesh.one.istio.namespace, 'virtualservices.networking.istio.io/istiod-vs');
    await untilNoInjector(mesh, breakage);
  },
  fails: ({ two }) => ({ 'CP-2': [two.name] }),
  // proxies go on with what they have been told
  passes: ['LB-1'],
});
