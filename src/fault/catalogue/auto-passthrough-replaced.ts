import { defineFault } from '../fault.js';
import { editExposure } from '../edit-exposure.js';

export default defineFault({
  id: 'auto-passthrough-replaced',
  title: 'the Gateway that exposes services has PASSTHROUGH instead of AUTO_PASSTHROUGH',
  finding: 'F-NO-AUTO-PASSTHROUGH',
  requires: ['multi-network'],
  break: (mesh, breakage) =>
    editExposure(mesh, breakage, { spec: { servers: { 0: { tls: { mode: 'PASSTHROUGH' } } } } }),
  fails: ({ one, two, callersInto }) => ({
    'LB-1': callersInto(two),
    'CP-7': callersInto(two),
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
