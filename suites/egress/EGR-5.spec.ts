import { behaviour, expect, refusal, timeouts } from '../../fixtures/index.js';

/**
 * Every cluster has an egress gateway of its own (EGR-5.yaml); calls to a registered host are routed to it by mutual TLS, and
 * from there to the server. That they did not go past it is told by three: the caller's proxy sent them to the gateway's pod,
 * the gateway sent them to the server, and the server was shown the gateway's address, in a header that the gateway alone sets.
 * With mutual TLS the gateway knows who calls: a policy lets one service account out and refuses another.
 */
behaviour(
  'calls leave by the egress gateway, which lets one service account out and refuses another',
  async ({ mesh, external, ownNamespace, eachCluster }) => {
    const [own, welcome, unwelcome] = await Promise.all([ownNamespace(), ownNamespace(), ownNamespace()]);
    await Promise.all([
      own.apply({ external: external.address, principal: mesh.principal(welcome.name, 'sleep') }),
      welcome.deploy('sleep'),
      unwelcome.deploy('sleep'),
    ]);
    const url = external.url('http', external.host('gateway', own));
    const log = { within: timeouts.accessLog };

    await eachCluster(async (cluster) => {
      const [allowed, refused] = [welcome.client(cluster, 'sleep'), unwelcome.client(cluster, 'sleep')];
      const gateway = own.client(cluster, `egress-${cluster.name}`);
      const [pod] = await cluster.pods(`egress-${cluster.name}`, own.name);

      const calls = allowed.calls(url, { count: 3 });
      await expect(calls).toOnlyReach([external.name]);
      // the server answers calls that go past the gateway as well, as those do that come before the route
      const throughGateway = [`${pod!.ip}:8443`];
      await expect(allowed.sendsTo(calls)).toBecome(throughGateway, { within: timeouts.configuration });
      // the gateway's log is asked about calls that no others look like
      const batch = await allowed.calls(`${url}?counted`, { count: 3 }).once();
      await expect(allowed.upstreamsOf(batch)).toBecome(throughGateway, log);
      await expect(gateway.forwardsOf(batch)).toBecome([external.at('http')], log);

      const shown = await allowed.calls(url.replace('/hostname', '/headers'), { count: 3 }).once();
      expect(shown).toArriveWith('X-Egress-Gateway', pod!.ip);

      await expect(refused.calls(url, { count: 3 })).toBeRefused(refusal.authorization, { control: calls });
    });
  },
);
