import { behaviour, callsToMeet, expect, requires, timeouts, type Cluster } from '../../fixtures/index.js';

/**
 * The pods of one region after the other answer 503 for a while (LOC-3.yaml), under load from every cluster. They are ready and
 * stay endpoints, so nobody but the callers' proxies can notice: the first 5xx ejects an endpoint, and the calls of that
 * region go to the next. When the pods are well again the calls return after `baseEjectionTime`. Its values, and `interval`,
 * are the installation guide's with `--long`, short ones otherwise.
 */
behaviour(
  'pods that answer 5xx are ejected and their calls go to the failover region, until the ejection is over',
  requires('regions >= 2'),
  async ({ mesh, ownNamespace, underLoad, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const service = space.service('helloworld');
    const settleOn = (who: (cluster: Cluster) => string[], clusters = mesh.clusters) =>
      eachCluster((cluster) => {
        const calls = cluster.client('sleep').calls(service.url, { count: callsToMeet(mesh.clusters.length) });
        // several times in a row: long enough for the load to show it as well
        return expect(calls).toOnlyReach(who(cluster), { within: timeouts.ejection, successes: 6 });
      }, clusters);
    const breakPods = (region: string, broken: boolean) =>
      Promise.all(mesh.in(region).map((cluster) => space.labelPods(cluster, 'helloworld', { broken: String(broken) })));
    const home = (cluster: Cluster) => mesh.nearest(cluster);
    const away = (cluster: Cluster) => mesh.answeringFor(mesh.nextRegion(cluster.region));
    await settleOn(home);

    const load = await underLoad(service.url);
    for (const region of mesh.regions) {
      load.mark(`${region} broken`, mesh.in(region));
      await breakPods(region, true);
      await eachCluster(async (cluster) => {
        // of the others in its region, which are broken too, each is ejected for a while and tried again
        const own = (await cluster.pods('helloworld', space.name)).map(({ ip }) => `${ip}:5000`);
        await expect(cluster.client('sleep').ejected(service, own)).toBecome(own);
      }, mesh.in(region));
      await settleOn(away, mesh.in(region));
      load.mark(`${region} sound`, mesh.in(region));
      await breakPods(region, false);
      await settleOn(home, mesh.in(region));
    }

    await eachCluster(async (cluster) => {
      for (const region of mesh.regions) {
        const broken = await load.after(`${region} broken`, cluster);
        const sound = await load.after(`${region} sound`, cluster);
        if (cluster.region !== region) {
          await expect(broken).toOnlyReach(home(cluster));
          await expect(sound).toOnlyReach(home(cluster));
          continue;
        }
        await measure(`failover of ${cluster.name}`, broken.changeover(away(cluster)));
        await measure(`fail-back of ${cluster.name}`, sound.changeover(home(cluster)));
        // not to its end: an ejection may be over before, and the next call tries the pod again
        expect(broken).toTurnTo(away(cluster));
        expect(sound).toSettleOn(home(cluster));
      }
    });
  },
);
