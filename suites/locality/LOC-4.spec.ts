import { alone, behaviour, callsToMeet, expect, requires, type Cluster } from '../../fixtures/index.js';

/**
 * The installation guide's rule for all services of the mesh: a DestinationRule for `*.cluster.local` in istio-system. The
 * helloworld of the sample namespace and that of a namespace that is younger than the rule obey it alike: calls stay in
 * their region, and go to the region that `failover` names when it has no pods.
 */
behaviour(
  'a failover rule for *.cluster.local in istio-system holds for every service of the mesh',
  { ...alone, ...requires('regions >= 2') },
  async ({ mesh, ownNamespace, apply, eachCluster }) => {
    await apply();
    const space = await ownNamespace({ fresh: true });
    await space.deploy('helloworld');
    const { url } = space.service('helloworld');
    const home = (cluster: Cluster) => mesh.nearest(cluster);
    const reach = (who: (cluster: Cluster) => string[]) =>
      eachCluster((cluster) =>
        expect(cluster.client('sleep').calls(url, { count: callsToMeet(mesh.clusters.length) })).toOnlyReach(
          who(cluster),
        ),
      );
    await reach(home);

    await eachCluster(
      async (cluster) => {
        const near = mesh.clusters.filter(({ name }) => home(cluster).includes(name));
        const versions = near.flatMap(({ helloworld }) => helloworld);
        const calls = cluster.client('sleep').calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) });
        await expect(calls).toOnlyReach([...new Set(versions)]);
      },
      mesh.clusters.filter(({ helloworld }) => helloworld.length > 0),
    );

    for (const region of mesh.regions) {
      const gone = mesh.in(region);
      await Promise.all(gone.map((cluster) => space.scale(cluster, 'helloworld', 0)));
      await reach((cluster) =>
        cluster.region === region ? mesh.answeringFor(mesh.nextRegion(region)) : home(cluster),
      );
      await Promise.all(gone.map((cluster) => space.scale(cluster, 'helloworld', 1)));
    }
    await reach(home);
  },
);
