import { among } from '../check.js';
import { addressOf, gatewayService } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-ADDRESS-SHARED',
  title: 'the east-west gateways of two clusters have the same address',
  hop: 'way',
  reads: ['services', 'address pools'],
  applies: ({ features }) => features['multi-network'],
  async look(mesh) {
    const gateways = await Promise.all(
      mesh.clusters.map(async (cluster) => ({ cluster, address: addressOf(await gatewayService(cluster)) })),
    );
    return among(gateways, async ({ cluster, address }) => {
      const first = gateways.find((other) => other.address === address)!;
      if (address === undefined || first.cluster === cluster) return [];
      // whose pool has the address is told as well, where MetalLB gives them out
      const pools = await cluster.list('ipaddresspools', 'metallb-system').catch(() => []);
      const { namespace, name } = cluster.gateway;
      return [
        {
          cluster: cluster.name,
          object: `service/${namespace}/${name}`,
          facts: { address, with: first.cluster.name, pools: pools.flatMap(({ spec }) => spec?.addresses ?? []) },
          says: `the east-west gateways of ${first.cluster.name} and ${cluster.name} have the same address, ${address}: their address pools overlap`,
          remedy: 'give each cluster a separate address pool, and the gateway a new address',
        },
      ];
    });
  },
});
