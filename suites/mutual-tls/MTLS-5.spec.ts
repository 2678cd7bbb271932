import { behaviour, expect, refusal } from '../../fixtures/index.js';

/**
 * A DestinationRule says what callers send, a PeerAuthentication what servers take; nothing makes them agree. Who is told to
 * send plain text to pods that are STRICT fails with 503, from every cluster: near pods close the connection, and pods of
 * another network are no endpoints without mutual TLS. The same pods answer under the name that is called with mutual TLS.
 */
behaviour(
  'a DestinationRule that disables TLS breaks calls to STRICT pods, one with ISTIO_MUTUAL does not',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    await Promise.all([own.deploy('echo'), own.apply()]);

    await eachCluster(async (cluster) => {
      const calls = (service: string, count: number) =>
        cluster.client('sleep').calls(own.service(service, 8080).url, { count });
      const all = mesh.callsToSeeAll;

      await expect(calls('mutual-tls', all)).toOnlyReach(mesh.names);
      await expect(calls('no-tls', all)).toBeRefused(refusal.noUpstream, { control: calls('mutual-tls', 10) });
    });
  },
);
