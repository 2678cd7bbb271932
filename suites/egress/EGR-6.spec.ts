import { behaviour, expect, refusal, timeouts } from '../../fixtures/index.js';

/**
 * The caller speaks plain HTTP, the server TLS alone: the egress gateway of the caller's cluster begins it (EGR-6.yaml). It
 * also looks at what it is shown: under a second name, whose DestinationRule trusts another authority than the one that has
 * signed the server's certificate, the same gateway refuses the same server.
 */
behaviour(
  'the egress gateway begins TLS with a server whose certificate it can verify, and with no other',
  async ({ external, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    const { authority, otherAuthority, address } = external;
    await Promise.all([own.deploy('sleep'), own.apply({ external: address, authority, otherAuthority })]);
    const log = { within: timeouts.accessLog };

    await eachCluster(async (cluster) => {
      const caller = own.client(cluster, 'sleep');
      const gateway = own.client(cluster, `egress-tls-${cluster.name}`);
      const [pod] = await cluster.pods(`egress-tls-${cluster.name}`, own.name);
      const url = (host: string) => external.url('http', external.host(host, own));
      const calls = (host: string) => caller.calls(url(host), { count: 3 });
      // the gateway's log is asked about calls that no others look like
      const counted = (host: string) => caller.calls(`${url(host)}?counted`, { count: 3 }).once();

      await expect(calls('trusted')).toOnlyReach([external.name]);
      // the server answers calls that go past the gateway as well, as those do that come before the route
      const throughGateway = [`${pod!.ip}:8443`];
      await expect(caller.sendsTo(calls('trusted'))).toBecome(throughGateway, { within: timeouts.configuration });
      const batch = await counted('trusted');
      await expect(caller.upstreamsOf(batch)).toBecome(throughGateway, log);
      await expect(gateway.forwardsOf(batch)).toBecome([external.at('tls')], log);

      const control = calls('trusted');
      await expect(calls('untrusted')).toBeRefused(refusal.noUpstream, { control });
      await expect(gateway.tlsFailuresOf(await counted('untrusted'))).toBecome(['CERTIFICATE_VERIFY_FAILED'], log);
    });
  },
);
