import { behaviour, callsToMeet, expect, requires, sampleSizeForShares } from '../../fixtures/index.js';

/**
 * Several clusters in one network, others elsewhere. Within the network pods are called directly; from elsewhere the
 * network is entered through the east-west gateways of all its clusters, and each of them forwards to the pods of the whole
 * network, not only to those of its own cluster. So every pod gets the same share of the calls of every cluster.
 */
behaviour(
  'in a mesh of direct and gateway paths every pod of every cluster gets its share',
  requires('clusters >= 3', 'flat', 'multi-network'),
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const service = space.service('helloworld');
    const podsOf = new Map(
      await Promise.all(mesh.clusters.map(async (c) => [c.name, await c.pods('helloworld', space.name)] as const)),
    );
    const addresses = (clusters: readonly { name: string }[]) =>
      clusters.flatMap(({ name }) => podsOf.get(name)!).map(({ ip }) => `${ip}:5000`);
    const shares = Object.fromEntries(mesh.clusters.map(({ name }) => [name, 1 / mesh.clusters.length]));

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const path = [...addresses(mesh.nearTo(cluster)), ...(await mesh.gatewaysFrom(cluster))];
      await expect(sleep.endpoints(service)).toBecome(path);
      await expect(sleep.policy(service)).toBecome(['ROUND_ROBIN']);
      await expect(sleep.calls(service.url, { count: callsToMeet(mesh.clusters.length, 20) })).toReachVersions(
        Object.keys(shares),
      );

      const count = sampleSizeForShares(shares, { difference: 0.2 });
      const batch = await sleep.calls(service.url, { count }).once();
      await measure(`shares from ${cluster.name}`, { expected: shares, counts: batch.histogram() });
      expect(batch).toFitShares(shares);
    });

    // shares alone do not tell: two gateways that each know only their own cluster's pod would give the same
    await eachCluster((cluster) =>
      expect(cluster.gatewayForwardsTo(service)).toBecome(addresses(mesh.nearTo(cluster))),
    );
  },
);
