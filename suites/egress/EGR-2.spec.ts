import { alone, behaviour, expect, timeouts, unregistered } from '../../fixtures/index.js';

/**
 * REGISTRY_ONLY in the mesh config: proxies refuse what is not registered. On a port for which they have an HTTP route table
 * (helloworld's) the answer is 502, by the route `block_all`; on any other, and for TLS, the connection is closed, and the
 * access log has the BlackHoleCluster. A server that is down would look the same to the caller, but not in that log, and not
 * to a pod without a sidecar, which is answered in the same moments. Calls within the mesh go on. A mesh that has REGISTRY_ONLY
 * anyway has it afterwards as well.
 */
behaviour(
  'with REGISTRY_ONLY for the mesh what is not registered is refused, and calls within the mesh go on',
  alone,
  async ({ mesh, external, ownNamespace, change, eachCluster }) => {
    const outside = await ownNamespace({ injection: false });
    await outside.deploy('sleep');
    await Promise.all(
      mesh.primaries.map((primary) => change.meshConfig(primary, { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })),
    );

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const options = { count: 3, tlsVersion: '1.2' } as const;
      for (const port of ['http', 'tcp', 'tls'] as const) {
        const { how, route } = unregistered[port];
        const calls = sleep.calls(external.url(port), options);
        const control = outside.client(cluster, 'sleep').calls(external.url(port), options);
        await expect(calls).toBeRefused(how, { control });
        await expect(sleep.routesOf(await calls.once())).toBecome([route], { within: timeouts.accessLog });
      }
      await expect(sleep.calls(mesh.helloworld.url, { count: mesh.callsToSeeVersions })).toOnlyReach(mesh.versions);
    });

    await change.takeBack();
    if (mesh.has('registry-only')) return;
    await eachCluster(async (cluster) => {
      const calls = cluster.client('sleep').calls(external.url('http'), { count: 3 });
      await expect(calls).toOnlyReach([external.name], { within: timeouts.configuration });
    });
  },
);
