import { behaviour, callsToMeet, expect, requires } from '../../fixtures/index.js';

/**
 * Services of the same name and namespace are one service of the mesh, with the endpoints of all clusters. Which endpoints
 * belong to a port is decided by the port's *name*, and the names that count are those of the Service in the cluster of the
 * caller's istiod: under another name the endpoints are lost, without any error. The same name in another namespace is
 * another service, whatever else is alike.
 */
behaviour(
  'services merge by name, namespace and port name; those that differ do not',
  requires('clusters >= 2'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const same = space.service('helloworld');
    const renamed = space.service('renamed-port');

    const everyone = mesh.clusters.map(({ name }) => name);
    const enough = mesh.callsToSeeAll;

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      await expect(mesh.differences(cluster, mesh.helloworld)).toBecome([]);

      // pods here answer with their cluster's name: no v1 or v2 of helloworld.sample is among them, nor the other way round
      await expect(sleep.calls(same.url, { count: callsToMeet(mesh.clusters.length) })).toReachVersions(everyone);
      await expect(await sleep.calls(same.url, { count: enough }).once()).toOnlyReach(everyone);
      await expect(await sleep.calls(mesh.helloworld.url, { count: enough }).once()).toOnlyReach(mesh.versions);
      await expect(mesh.differences(cluster, same)).toBecome([]);

      // the pods of clusters whose port has another name are lost; a check names them
      const { controlPlane } = cluster;
      await expect(sleep.calls(renamed.url, { count: 10 })).toOnlyReach([controlPlane]);
      await expect(await sleep.calls(renamed.url, { count: enough }).once()).toOnlyReach([controlPlane]);
      const others = everyone.filter((name) => name !== cluster.name);
      await expect(mesh.differences(cluster, renamed)).toBecome(
        others.map((name) => `port 5000 is named http-${name} in ${name}, http-${cluster.name} here`),
      );
    });
  },
);
