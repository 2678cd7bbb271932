import { among } from '../check.js';
import { gatewayService, networkLabel } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-NETWORK-WRONG',
  title: 'an east-west gateway has the network label of another network',
  hop: 'way',
  reads: ['services'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const service = await gatewayService(cluster);
      const label = service?.metadata?.labels?.[networkLabel];
      if (!service || label === cluster.network) return [];
      const { namespace, name } = cluster.gateway;
      return [
        {
          cluster: cluster.name,
          object: `service/${namespace}/${name}`,
          facts: { found: label ?? null, expected: cluster.network },
          says: `the east-west gateway of ${cluster.name} ${label === undefined ? 'has no network label' : `has the network label ${label}`}; its cluster is in ${cluster.network}`,
          remedy: `kubectl -n ${namespace} label service ${name} --overwrite ${networkLabel}=${cluster.network}`,
        },
      ];
    }),
});
