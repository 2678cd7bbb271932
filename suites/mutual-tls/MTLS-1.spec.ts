import { behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * Without any policy a proxy takes both plain text and mutual TLS (PERMISSIVE): a caller outside the mesh is answered as well as
 * one with a sidecar. What is outside the mesh knows only the pods that Kubernetes tells it of, which are those of its cluster.
 */
behaviour(
  'by default callers without and with a sidecar are answered',
  requires('not strict-mtls'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [own, outside] = [await ownNamespace(), await ownNamespace({ injection: false })];
    await Promise.all([own.deploy('echo'), outside.deploy('sleep')]);
    const { url } = own.service('echo', 8080);

    await eachCluster(async (cluster) => {
      await expect(outside.client(cluster, 'sleep').calls(url, { count: 10 })).toOnlyReach([cluster.name]);
      await expect(cluster.client('sleep').calls(url, { count: mesh.callsToSeeAll })).toOnlyReach(mesh.names);
    });
  },
);
