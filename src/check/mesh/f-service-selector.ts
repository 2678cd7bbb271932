import { servicesThatDiffer } from '../service-differences.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-SELECTOR',
  title: 'a service has different selectors in two clusters',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    servicesThatDiffer(mesh, 'selector', ({ here, there, service, object, difference }) => ({
      cluster: there.name,
      object,
      facts: { service, [here.name]: difference.here, [there.name]: difference.there },
      says: `${service} selects ${difference.there || 'nothing'} in ${there.name}, ${difference.here || 'nothing'} in ${here.name}`,
      remedy: 'give the Service the same selector in all clusters, matching its pods',
    })),
});
