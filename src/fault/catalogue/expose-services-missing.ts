import { defineFault } from '../fault.js';
import { editExposure } from '../edit-exposure.js';

export default defineFault({
  id: 'expose-services-missing',
  title: 'a cluster has no Gateway that exposes its services to other networks',
  finding: 'F-SERVICES-NOT-EXPOSED',
  requires: ['multi-network'],
  break: (mesh, breakage) => editExposure(mesh, breakage, null),
  fails: ({ one, two, callersInto }) => ({
    'LB-1': callersInto(two),
    'LB-2': callersInto(two),
    // Envoy tries its other endpoint, which is the local one, and now and then finds the same again
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
  evidence: ({ two, primaryOf }) => [
    { file: `${primaryOf(two).name}/istio-config.txt`, lacks: 'cross-network-gateway' },
  ],
});
