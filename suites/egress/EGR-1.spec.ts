import { behaviour, callsToMeet, expect, requires, timeouts } from '../../fixtures/index.js';

/**
 * Istio's default, ALLOW_ANY: a proxy passes on what it knows nothing about, to the address that the caller chose. Nothing was
 * registered for the external server, neither for HTTP nor for TCP and TLS; the access log of the caller's proxy says that it
 * passed the calls on, to the PassthroughCluster.
 */
behaviour(
  'what nobody has registered is passed on',
  requires('not registry-only'),
  async ({ mesh, external, eachCluster }) => {
    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      for (const port of ['http', 'tcp', 'tls'] as const) {
        const calls = sleep.calls(external.url(port), { count: 3, tlsVersion: '1.2' });
        await expect(calls).toOnlyReach([external.name]);
        const batch = await calls.once();
        await expect(sleep.routesOf(batch)).toBecome(['PassthroughCluster'], { within: timeouts.accessLog });
      }
      const calls = sleep.calls(mesh.helloworld.url, { count: callsToMeet(mesh.versions.length) });
      await expect(calls).toReachVersions(mesh.versions);
    });
  },
);
