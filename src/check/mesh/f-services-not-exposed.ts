import { among } from '../check.js';
import { crossNetworkGateways, crossNetworkPort } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICES-NOT-EXPOSED',
  title: 'no Gateway exposes the services of a cluster to other networks',
  hop: 'gateway',
  reads: ['configuration'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      if ((await crossNetworkGateways(mesh, cluster)).length > 0) return [];
      const { namespace } = cluster.gateway;
      const primary = mesh.primaryOf(cluster);
      return [
        {
          cluster: primary.name,
          object: `gateway/${namespace}/cross-network-gateway`,
          facts: { port: crossNetworkPort, of: cluster.name },
          says: `no Gateway in ${primary.name}/${namespace} has a server on port ${crossNetworkPort}: other networks cannot reach services of ${cluster.name}`,
          remedy: `apply a Gateway for the east-west gateway: port ${crossNetworkPort}, protocol TLS, tls.mode AUTO_PASSTHROUGH, hosts ["*.local"]`,
        },
      ];
    }),
});
