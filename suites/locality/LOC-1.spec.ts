import { behaviour, callsToMeet, expect, requires } from '../../fixtures/index.js';

/**
 * With outlier detection (LOC-1.yaml) Envoy prefers the endpoints of its own region as long as they are well: the calls of
 * every cluster stay where they were made, although the pods of every other region are known and well too.
 */
behaviour(
  'while the pods of its own region are well, no call of a cluster leaves the region',
  requires('regions >= 2'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await space.deploy('helloworld');
    const { url } = space.service('helloworld');

    // the control: without the rule they do leave it
    await eachCluster((cluster) =>
      expect(cluster.client('sleep').calls(url, { count: callsToMeet(mesh.clusters.length, 20) })).toReachVersions(
        mesh.names,
      ),
    );

    await space.apply();
    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      await expect(sleep.calls(url, { count: callsToMeet(mesh.clusters.length, 20) })).toOnlyReach(
        mesh.nearest(cluster),
      );
      await expect(await sleep.calls(url, { count: mesh.callsToSeeAll }).once()).toOnlyReach(mesh.nearest(cluster));
    });
  },
);
