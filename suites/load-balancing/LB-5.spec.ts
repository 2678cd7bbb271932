import { behaviour, callsToMeet, editsMeshConfig, expect, requires } from '../../fixtures/index.js';

/**
 * Two ways to keep a service within its cluster: `clusterLocal` in the mesh config's serviceSettings, and a DestinationRule
 * with a subset per cluster, of which a VirtualService picks the caller's own (LB-5.yaml). Both are promises for bad days
 * too: when the pods of the own cluster serve no more the answer is 503, while the same pods of the other clusters answer those
 * who call them by a name that is not kept local.
 */
behaviour(
  'a service that is kept local is answered by its own cluster or by none',
  { ...requires('clusters >= 2'), ...editsMeshConfig },
  async ({ mesh, ownNamespace, change, eachCluster }) => {
    const space = await ownNamespace();
    const everyone = mesh.clusters.map(({ name }) => name);
    const anywhere = space.service('anywhere');
    const keptLocal = [space.service('cluster-local'), space.service('pinned')];
    const settings = { serviceSettings: [{ settings: { clusterLocal: true }, hosts: [keptLocal[0]!.host] }] };
    await Promise.all([
      space.deploy('helloworld'),
      space.apply(),
      ...mesh.primaries.map((primary) => change.meshConfig(primary, settings)),
    ]);

    const enough = mesh.callsToSeeAll;

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      await expect(sleep.calls(anywhere.url, { count: callsToMeet(mesh.clusters.length) })).toReachVersions(everyone);
      for (const { url } of keptLocal) {
        await expect(sleep.calls(url, { count: 10 })).toOnlyReach([cluster.name]);
        await expect(await sleep.calls(url, { count: enough }).once()).toOnlyReach([cluster.name]);
      }
    });

    // one cluster after the other: the others are the control
    for (const [i, down] of mesh.clusters.entries()) {
      const others = everyone.filter((name) => name !== down.name);
      await space.serve(down, 'helloworld', false);
      if (i > 0) await space.serve(mesh.clusters[i - 1]!, 'helloworld', true);
      await eachCluster(
        async (cluster) => {
          const sleep = cluster.client('sleep');
          await expect(sleep.calls(anywhere.url, { count: callsToMeet(mesh.clusters.length, 20) })).toOnlyReach(others);
          for (const { url } of keptLocal) {
            await expect(sleep.calls(url, { count: 10 })).toOnlyAnswer(503);
            await expect(await sleep.calls(url, { count: enough }).once()).toOnlyAnswer(503);
          }
        },
        [down],
      );
    }
  },
);
