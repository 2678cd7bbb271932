import { behaviour, callsToMeet, expect, requires, sampleSizeForShares } from '../../fixtures/index.js';

/**
 * `distribute` shares the calls of a region out over all regions (LOC-7.yaml): 70 % stay, 20 % go to the next region, 10 % to
 * the one after it. Every caller has its own view of "next", so each region shows each of the weights.
 */
behaviour(
  'distribute gives 70, 20 and 10 % of the calls to three regions',
  requires('regions >= 3'),
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const helloworld = space.service('helloworld');

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const weights = [0.7, 0.2, 0.1].map((weight, steps) => [mesh.nextRegion(cluster.region, steps), weight]);
      const shares = mesh.sharesOfRegions(cluster, Object.fromEntries(weights));
      const everyone = Object.keys(shares).flatMap((names) => names.split('+'));
      // without the rule every region answers too
      await expect(sleep.policy(helloworld)).toBecome(['ROUND_ROBIN']);
      await expect(sleep.calls(helloworld.url, { count: callsToMeet(mesh.clusters.length, 50) })).toReachVersions(
        everyone,
      );

      const count = sampleSizeForShares(shares, { difference: 0.2 });
      const batch = await sleep.calls(helloworld.url, { count }).once();
      await measure(`shares from ${cluster.name}`, { expected: shares, counts: batch.histogram() });
      expect(batch).toFitShares(shares);
    });
  },
);
