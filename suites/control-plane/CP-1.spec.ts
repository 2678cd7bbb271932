import { behaviour, expect } from '../../fixtures/index.js';

/**
 * istiod runs in the primaries and nowhere else, in the version that was asked for; it watches the API server of every other
 * cluster, by a remote secret that leads there; and every proxy of the mesh, gateways included, runs that version too, has
 * acknowledged what its istiod sent, and has been told the same mesh id.
 */
behaviour(
  'istiod runs where the topology says, and every proxy is in sync with its own control plane',
  async ({ mesh, eachCluster }) => {
    await eachCluster(async (cluster) => {
      const primary = cluster.role === 'primary';
      const others = mesh.clusters.filter(({ name }) => name !== cluster.name);

      await expect(cluster.istiods()).toBecome(cluster.readyIstiods);
      if (primary) {
        await expect(cluster.istiodVersions()).toBecome(cluster.installedVersions);
        await expect(cluster.remoteSecretFlaws(mesh.clusters)).toBecome([]);
        await expect(cluster.remoteClusters()).toBecome(others.map(({ name }) => `${name} synced`));
      }
      await expect(cluster.proxies()).toBeSynced(cluster.istioVersion);
      await expect(cluster.meshIds()).toBecome([mesh.plan.istio.meshID]);
    });
  },
);
