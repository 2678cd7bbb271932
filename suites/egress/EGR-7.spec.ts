import { behaviour, expect, requires, timeouts, unregistered } from '../../fixtures/index.js';

/**
 * What a remote's pods may call is decided in its primary. The same `Sidecar` with REGISTRY_ONLY (EGR-7.yaml) goes to the
 * remotes for one namespace and then to their primaries for another: it restricts the remotes' pods of the second, while those
 * of the first, which call the same server in the same moments, are passed on. The remotes' came first, so it would have arrived.
 */
behaviour(
  "a policy in the primary restricts the remote's pods, one in the remote does not",
  requires('primary-remote', 'not registry-only'),
  async ({ mesh, external, ownNamespace, eachCluster }) => {
    const [byRemote, byPrimary] = await Promise.all([ownNamespace(), ownNamespace()]);
    const primaries = [...new Set(mesh.remotes.map((remote) => mesh.primaryOf(remote)))];
    await Promise.all([byRemote.deploy('sleep', mesh.remotes), byPrimary.deploy('sleep', mesh.remotes)]);
    await byRemote.applyAsIs(mesh.remotes);
    await byPrimary.applyAsIs(primaries);

    await eachCluster(async (remote) => {
      const [bound, unbound] = [byPrimary.client(remote, 'sleep'), byRemote.client(remote, 'sleep')];
      for (const port of ['http', 'tcp'] as const) {
        const { how, route } = unregistered[port];
        const calls = bound.calls(external.url(port), { count: 3 });
        const control = unbound.calls(external.url(port), { count: 3 });
        await expect(calls).toBeRefused(how, { control });
        await expect(bound.routesOf(await calls.once())).toBecome([route], { within: timeouts.accessLog });
      }
      await expect(bound.calls(mesh.helloworld.url, { count: mesh.callsToSeeVersions })).toOnlyReach(mesh.versions);
    }, mesh.remotes);
  },
);
