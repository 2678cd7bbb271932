import { behaviour, expect, sampleSizeToSeeAll } from '../../fixtures/index.js';

/**
 * The check of Istio's own installation guides: ten calls to helloworld from sleep show the versions of all clusters.
 * Ten calls can miss a version by chance, so a second batch is as large as it takes to miss one once in a million times.
 */
behaviour('from every cluster, helloworld answers with every version', async ({ mesh, eachCluster }) => {
  // Envoy's default, LEAST_REQUEST, takes the less busy of two endpoints picked at random. The busiest of k is still
  // taken when it is picked twice, so no version's share falls below 1/k².
  const leastShare = 1 / mesh.versions.length ** 2;
  const enough = sampleSizeToSeeAll(Object.fromEntries(mesh.versions.map((version) => [version, leastShare])));

  await eachCluster(async (cluster) => {
    const sleep = cluster.client('sleep');

    await expect(sleep.calls(mesh.helloworld.url, { count: 10 })).toReachVersions(mesh.versions);

    const batch = await sleep.calls(mesh.helloworld.url, { count: enough }).once();
    await expect(batch).toOnlyReach(mesh.versions);
  });
});
