import { behaviour, callsToMeet, expect, sampleSizeForShares } from '../../fixtures/index.js';

/**
 * Without outlier detection no locality is preferred: every pod of helloworld weighs the same, wherever it runs, and the
 * east-west gateway of another network weighs as much as the pods behind it. ROUND_ROBIN (LB-2.yaml) makes that a claim on
 * shares: one v1 here and one v2 there are 50:50 from both sides.
 */
behaviour(
  'with ROUND_ROBIN, each version gets calls in proportion to its number of pods',
  async ({ mesh, apply, eachCluster, measure }) => {
    await apply();

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const shares = mesh.sharesSeenFrom(cluster);

      await expect(sleep.policy(mesh.helloworld)).toBecome(['ROUND_ROBIN']);
      await expect(sleep.calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) })).toReachVersions(
        mesh.versions,
      );

      // one batch decides: 50 % that has become 70 % or 30 % is noticed in 999 of 1000 runs
      const count = sampleSizeForShares(shares, { difference: 0.2 });
      const batch = await sleep.calls(mesh.helloworld.url, { count }).once();
      await measure(`shares from ${cluster.name}`, { expected: shares, counts: batch.histogram() });
      expect(batch).toFitShares(shares);
    });
  },
);
