import { behaviour, callsToMeet, expect } from '../../fixtures/index.js';

/**
 * A proxy knows every service of the mesh, unless it is told less: a Sidecar limits what the proxies of a namespace hear of
 * (`egress.hosts`), and `exportTo` limits who hears of a service or a rule (TRF-9.yaml). Callers inside and outside of the
 * namespace are each other's control.
 */
behaviour('Sidecar and exportTo limit what a proxy knows', async ({ mesh, ownNamespace, eachCluster }) => {
  const space = await ownNamespace();
  await Promise.all([space.deploy('helloworld'), space.deploy('sleep'), space.apply()]);
  const helloworld = space.service('helloworld');
  const hidden = space.service('private');

  await eachCluster(async (cluster) => {
    const inside = space.client(cluster, 'sleep');
    const outside = cluster.client('sleep');

    await expect(inside.knows(helloworld)).toBecome(['known']);
    await expect(inside.knows(mesh.helloworld)).toBecome(['unknown']);
    await expect(outside.knows(mesh.helloworld)).toBecome(['known']);
    await expect(outside.knows(helloworld)).toBecome(['known']);

    await expect(inside.knows(hidden)).toBecome(['known']);
    await expect(outside.knows(space.service('public'))).toBecome(['known']);
    await expect(outside.knows(hidden)).toBecome(['unknown']);

    await expect(inside.calls(helloworld.url, { count: 10 })).toOnlyAnswer(418);
    await expect(outside.calls(helloworld.url, { count: callsToMeet(mesh.clusters.length, 30) })).toOnlyReach(
      mesh.names,
    );
  });
});
