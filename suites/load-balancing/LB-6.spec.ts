import { alone, behaviour, callsToMeet, expect, requires, timeouts } from '../../fixtures/index.js';

/**
 * An istiod knows the endpoints of another cluster for as long as it has that cluster's remote secret. Without the secrets
 * every proxy is left with the pods of the cluster that its istiod runs in, and its calls succeed all the same: nothing else
 * breaks. With the secrets back, all is as before.
 */
behaviour(
  'without remote secrets only the versions next to istiod answer; with them back, all do',
  { ...requires('clusters >= 2'), ...alone },
  async ({ mesh, change, eachCluster }) => {
    const { url } = mesh.helloworld;
    const calls = { count: callsToMeet(mesh.versions.length, 20) };
    const all = { within: timeouts.remoteSecret };

    await eachCluster((cluster) => expect(cluster.client().calls(url, calls)).toReachVersions(mesh.versions));

    await Promise.all(mesh.primaries.map((primary) => change.removeRemoteSecrets(primary)));
    await eachCluster(async (cluster) => {
      const { helloworld } = mesh.clusters.find(({ name }) => name === cluster.controlPlane)!;
      // what goes while calls are under way may cost one of them: three sound batches in a row
      const known = { within: timeouts.remoteSecret, successes: 3 };
      await expect(cluster.client().calls(url, calls)).toOnlyReach(helloworld, known);
    });

    await change.takeBack();
    await eachCluster(async (cluster) => {
      await expect(cluster.client().calls(url, calls)).toReachVersions(mesh.versions, all);
      if (cluster.role === 'primary') {
        const others = mesh.clusters.filter(({ name }) => name !== cluster.name);
        await expect(cluster.remoteClusters()).toBecome(
          others.map(({ name }) => `${name} synced`),
          all,
        );
      }
    });
  },
);
