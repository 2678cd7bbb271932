import { defineFault } from '../fault.js';
import { editExposure } from '../edit-exposure.js';

export default defineFault({
  id: 'gateway-of-gone-revision',
  title: 'the Gateway that exposes services has a revision that does not exist',
  finding: 'F-GATEWAY-REVISION',
  requires: ['multi-network'],
  break: (mesh, breakage) => editExposure(mesh, breakage, { metadata: { labels: { 'istio.io/rev': 'gone' } } }),
  fails: ({ one, two, callersInto }) => ({ 'LB-1': callersInto(two), 'LB-3': [one.name, two.name] }),
  passes: ['LOC-8'],
});
