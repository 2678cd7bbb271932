import { servicesThatDiffer } from '../service-differences.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-PORT-NAME',
  title: 'a service port has different names in two clusters',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    servicesThatDiffer(mesh, 'port name', ({ here, there, service, object, difference }) => ({
      cluster: there.name,
      object,
      facts: { service, port: difference.port, [here.name]: difference.here, [there.name]: difference.there },
      says: `port ${difference.port} of ${service} is named ${difference.there || '(nothing)'} in ${there.name}, ${difference.here || '(nothing)'} in ${here.name}: their endpoints do not merge`,
      remedy: `give the port the same name in all clusters, such as ${difference.here || 'http'}`,
    })),
});
