import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { crossNetworkPort, gatewayPort, gatewayService } from '../gateway-facts.js';

export default defineCheck({
  id: 'F-GATEWAY-PORT-MISSING',
  title: 'the Service of an east-west gateway lacks the port for calls from other networks',
  hop: 'way',
  reads: ['services'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const service = await gatewayService(cluster);
      const wanted = gatewayPort(service?.metadata?.labels);
      const ports = (service?.spec?.ports ?? []).map(({ port }) => port);
      if (!service || ports.includes(wanted)) return [];
      const { namespace, name } = cluster.gateway;
      return [
        {
          cluster: cluster.name,
          object: `service/${namespace}/${name}`,
          facts: { wanted, ports },
          says: `the Service of the east-west gateway of ${cluster.name} has no port ${wanted}: it has ${ports.join(', ') || 'none'}`,
          remedy: `add to its ports: { name: tls, port: ${wanted}, targetPort: ${crossNetworkPort} }`,
        },
      ];
    }),
});
