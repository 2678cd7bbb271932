import { behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * A remote's pods are configured by the primary alone: Istio's own kinds mean nothing in the API server of a remote. The same
 * manifest goes to both, under a host name of the cluster's own (CP-3.yaml), first to the remotes: when the primary's has
 * arrived at a remote's pods, the remote's, which is older, would have arrived as well.
 */
behaviour(
  'configuration in a remote has no effect, in its primary it has, for the pods of both',
  requires('primary-remote'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    const primaries = mesh.remotes.map((remote) => mesh.primaryOf(remote));
    const hostOf = (name: string) => ({ host: `${name}.cp-3.test` });

    await own.applyAsIs(mesh.remotes);
    await own.applyAsIs(primaries);

    await eachCluster(
      async (cluster) => {
        const calls = (headers: { host: string }) =>
          cluster.client('sleep').calls(mesh.helloworld.url, { count: 5, headers });

        await expect(calls(hostOf(cluster.controlPlane))).toOnlyAnswer(418);
        for (const remote of mesh.remotes) await expect(calls(hostOf(remote.name))).toNeverAnswer(418);
      },
      [...mesh.remotes, ...primaries],
    );
  },
);
