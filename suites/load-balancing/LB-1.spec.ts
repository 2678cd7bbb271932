import { behaviour, callsToMeet, expect } from '../../fixtures/index.js';

/**
 * The check of Istio's own installation guides: ten calls to helloworld from sleep show the versions of all clusters.
 * Ten calls can miss a version by chance, so a second batch is as large as it takes to miss one once in a million times.
 */
behaviour('helloworld answers with every version from every cluster', async ({ mesh, eachCluster }) => {
  await eachCluster(async (cluster) => {
    const sleep = cluster.client('sleep');

    await expect(sleep.calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) })).toReachVersions(
      mesh.versions,
    );

    const batch = await sleep.calls(mesh.helloworld.url, { count: mesh.callsToSeeVersions }).once();
    await expect(batch).toOnlyReach(mesh.versions);
  });
});
