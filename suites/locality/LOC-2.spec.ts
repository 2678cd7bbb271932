import { behaviour, callsToMeet, expect, requires, type Cluster } from '../../fixtures/index.js';

/**
 * One region after the other loses its pods, under load from every cluster. The calls of its own clusters go to the region
 * that `failover` names, and come back with the pods; nobody else's call is touched. How long that takes and what it costs is
 * in the record of the run, call by call: an endpoint that ends may take calls with it, and no number is promised for that.
 */
behaviour(
  'when the pods of a region are gone its calls go to the failover region, and they return with the pods',
  requires('regions >= 2'),
  async ({ mesh, ownNamespace, underLoad, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const { url } = space.service('helloworld');
    const settleOn = (who: (cluster: Cluster) => string[], clusters = mesh.clusters) =>
      eachCluster((cluster) => {
        const calls = cluster.client('sleep').calls(url, { count: callsToMeet(mesh.clusters.length) });
        // several times in a row: long enough for the load to show it as well
        return expect(calls).toOnlyReach(who(cluster), { successes: 6 });
      }, clusters);
    const scale = (region: string, replicas: number) =>
      Promise.all(mesh.in(region).map((cluster) => space.scale(cluster, 'helloworld', replicas)));
    const home = (cluster: Cluster) => mesh.nearest(cluster);
    const away = (cluster: Cluster) => mesh.answeringFor(mesh.nextRegion(cluster.region));
    await settleOn(home);

    const load = await underLoad(url);
    for (const region of mesh.regions) {
      load.mark(`${region} gone`, mesh.in(region));
      await scale(region, 0);
      await settleOn(away, mesh.in(region));
      load.mark(`${region} back`, mesh.in(region));
      await scale(region, 1);
      await settleOn(home, mesh.in(region));
    }

    await eachCluster(async (cluster) => {
      for (const region of mesh.regions) {
        const gone = await load.after(`${region} gone`, cluster);
        const back = await load.after(`${region} back`, cluster);
        if (cluster.region !== region) {
          await expect(gone).toOnlyReach(home(cluster));
          await expect(back).toOnlyReach(home(cluster));
          continue;
        }
        await measure(`failover of ${cluster.name}`, gone.changeover(away(cluster)));
        await measure(`fail-back of ${cluster.name}`, back.changeover(home(cluster)));
        expect(gone).toSettleOn(away(cluster));
        expect(back).toSettleOn(home(cluster));
      }
    });
  },
);
