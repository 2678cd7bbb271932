import { behaviour, expect, timeouts, unregistered } from '../../fixtures/index.js';

const ports = ['http', 'tcp', 'tls'] as const;

/**
 * In a namespace with REGISTRY_ONLY three ServiceEntries (EGR-4.yaml) each register one name of the external server, on one
 * port, with that port's protocol. Each opens this host on this port: the other two ports stay closed to its name, and all
 * three to the address. What is open is the control of what is not, as it is the same server, called by the same pod.
 */
behaviour(
  'a ServiceEntry opens its host on its port, for HTTP, TCP and TLS, and nothing else',
  async ({ external, ownNamespace, eachCluster }) => {
    const own = await ownNamespace();
    await Promise.all([own.deploy('sleep'), own.apply({ external: external.address })]);
    const hosts = Object.fromEntries(ports.map((port) => [port, external.host(port, own)]));
    const log = { within: timeouts.accessLog };

    await eachCluster(async (cluster) => {
      const caller = own.client(cluster, 'sleep');
      const calls = (port: (typeof ports)[number], host?: string) =>
        caller.calls(external.url(port, host), { count: 3, tlsVersion: '1.2' });

      // from here on the proxy has all of the manifest
      for (const port of ports) await expect(calls(port, hosts[port])).toOnlyReach([external.name]);
      await expect(calls('tcp')).toBeRefused(unregistered.tcp.how, { control: calls('tcp', hosts['tcp']) });

      for (const port of ports) {
        const { how, route } = unregistered[port];
        const others = [...ports.filter((other) => other !== port).map((other) => hosts[other]), external.address];
        const [open, ...closed] = await Promise.all([hosts[port], ...others].map((host) => calls(port, host).once()));
        await expect(open!).toOnlyReach([external.name]);
        await expect(caller.routesOf(open!)).toBecome([`outbound|${external.ports[port]}||${hosts[port]}`], log);
        for (const batch of closed) expect(batch).toBeRefusedBy(how);
        await expect(caller.routesOf(...closed)).toBecome([route], log);
      }
    });
  },
);
