import { servicesThatDiffer } from '../service-differences.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-NAMESPACE',
  title: 'a cluster has no service of a name that another one has in the same namespace',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    servicesThatDiffer(mesh.sampleOnly, 'no service', ({ here, there, service, object }) => ({
      cluster: there.name,
      object,
      facts: { service, has: here.name, lacks: there.name },
      says: `${there.name} has no Service ${service}, which ${here.name} has`,
      remedy: `apply the Service in ${there.name} too, in the same namespace: services merge by name and namespace`,
    })),
});
