import { servicesThatDiffer } from '../service-differences.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-PORT-NUMBER',
  title: 'a service port is missing in one cluster',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    servicesThatDiffer(mesh, 'no port', ({ here, there, service, object, difference }) => {
      const [having, lacking] = difference.missing === 'there' ? [here, there] : [there, here];
      return {
        cluster: there.name,
        object: `${object}:${difference.port}`,
        facts: { service, port: difference.port, has: having.name, lacks: lacking.name },
        says: `${service} has port ${difference.port} in ${having.name}, not in ${lacking.name}`,
        remedy: 'give the Service the same ports in all clusters',
      };
    }),
});
