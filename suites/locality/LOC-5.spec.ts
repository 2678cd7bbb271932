import { behaviour, callsToMeet, expect, requires, sampleSizeForShares } from '../../fixtures/index.js';

/**
 * A `failover` rule without outlier detection is accepted and does nothing: no locality is preferred, every pod gets the same
 * share. The same pods under a name whose rule has outlier detection as well show that it is this that is missing.
 */
behaviour(
  'without outlier detection no locality is preferred, whatever failover says',
  requires('regions >= 2'),
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const without = space.service('helloworld');
    const control = space.service('with-outlier-detection');

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const shares = mesh.sharesSeenFrom(cluster, ({ name }) => [name]);
      await expect(sleep.calls(control.url, { count: callsToMeet(mesh.clusters.length, 20) })).toOnlyReach(
        mesh.nearest(cluster),
      );
      await expect(sleep.policy(without)).toBecome(['ROUND_ROBIN']);
      await expect(sleep.calls(without.url, { count: callsToMeet(mesh.clusters.length, 20) })).toReachVersions(
        mesh.names,
      );

      const count = sampleSizeForShares(shares, { difference: 0.3 });
      const batch = await sleep.calls(without.url, { count }).once();
      await measure(`shares from ${cluster.name}`, { expected: shares, counts: batch.histogram() });
      expect(batch).toFitShares(shares);
      await expect(await sleep.calls(control.url, { count: callsToMeet(mesh.clusters.length, 20) }).once()).toOnlyReach(
        mesh.nearest(cluster),
      );
    });
  },
);
