import { behaviour, callsToMeet, expect, requires } from '../../fixtures/index.js';

/**
 * A pod without a sidecar ends no mutual TLS. Within its network it is called in plain text, because istiod tells every
 * proxy which endpoints have a sidecar. Across networks there is nothing but mutual TLS (an east-west gateway forwards by
 * SNI), so istiod leaves such a pod out there, rather than have every call to it fail.
 */
behaviour(
  'a pod without a sidecar is called from its own network, and from no other',
  requires('clusters >= 2'),
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const bare = await ownNamespace({ injection: false });
    await bare.deploy('helloworld');
    const service = bare.service('helloworld');

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const near = mesh.nearTo(cluster);
      const pods = (await Promise.all(near.map((other) => other.pods('helloworld', bare.name)))).flat();

      await expect(sleep.endpoints(service)).toBecome(pods.map(({ ip }) => `${ip}:5000`));
      // as many calls as an answer from another network would need to show itself, next to those with a sidecar
      await expect(sleep.calls(service.url, { count: mesh.callsToSeeAll })).toOnlyReach(near.map(({ name }) => name));
      await expect(sleep.calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) })).toReachVersions(
        mesh.versions,
      );
      await measure(
        `reached from ${cluster.name}`,
        near.map(({ name }) => name),
      );
    });
  },
);
