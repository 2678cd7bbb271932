import { behaviour, expect, requires, timeouts, unregistered } from '../../fixtures/index.js';

/**
 * A `Sidecar` with REGISTRY_ONLY (EGR-3.yaml) restricts the proxies of its namespace and no others: the same calls from another
 * namespace, in the same moments, are passed on. Within the mesh the restricted namespace calls as before.
 */
behaviour(
  'REGISTRY_ONLY for one namespace restricts that namespace alone',
  requires('not registry-only'),
  async ({ mesh, external, ownNamespace, eachCluster }) => {
    const [restricted, free] = await Promise.all([ownNamespace(), ownNamespace()]);
    await Promise.all([restricted.deploy('sleep'), free.deploy('sleep'), restricted.apply()]);

    await eachCluster(async (cluster) => {
      const [bound, unbound] = [restricted.client(cluster, 'sleep'), free.client(cluster, 'sleep')];
      for (const port of ['http', 'tcp'] as const) {
        const { how, route } = unregistered[port];
        const calls = bound.calls(external.url(port), { count: 3 });
        const control = unbound.calls(external.url(port), { count: 3 });
        await expect(calls).toBeRefused(how, { control });
        await expect(bound.routesOf(await calls.once())).toBecome([route], { within: timeouts.accessLog });
        await expect(unbound.routesOf(await control.once())).toBecome(['PassthroughCluster'], {
          within: timeouts.accessLog,
        });
      }
      await expect(bound.calls(mesh.helloworld.url, { count: mesh.callsToSeeVersions })).toOnlyReach(mesh.versions);
    });
  },
);
