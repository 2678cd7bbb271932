import { servicesThatDiffer } from '../service-differences.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-NAMESPACE',
  title: 'a service exists in one cluster but not in another',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    servicesThatDiffer(mesh.sampleOnly, 'no service', ({ here, there, service, object }) => ({
      cluster: there.name,
      object,
      facts: { service, has: here.name, lacks: there.name },
      says: `${there.name} has no Service ${service}, which ${here.name} has`,
      remedy: `apply the Service in ${there.name} too, in the same namespace: Istio merges services by name and namespace`,
    })),
});
