import { alone, behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * Calls that may be lost while all east-west gateways are restarted at once: none. A new gateway pod is ready before the old
 * one ends, the old one drains for 5 s, and a sidecar tries a call again whose connection is reset before an answer.
 */
const budget = 0;

/**
 * Every east-west gateway is replaced under load from every cluster. Then those that can be moved get another address: the
 * other clusters' proxies must come to use it, and it alone, without being told by anybody.
 */
behaviour(
  'a restarted east-west gateway loses no call, and a new address is picked up',
  { ...alone, ...requires('multi-network') },
  async ({ mesh, underLoad, change, eachCluster }) => {
    const load = await underLoad(mesh.helloworld.url);
    await Promise.all(
      mesh.clusters
        .filter(({ handle }) => handle.eastWestAddress)
        .map((cluster) => change.restart(cluster, 'istio-system', 'istio-eastwestgateway')),
    );
    await eachCluster(async (cluster) => {
      await expect(cluster.client('sleep').calls(mesh.helloworld.url, { count: 10 })).toReachVersions(mesh.versions);
      expect(await load.from(cluster)).toLoseAtMost(budget);
    });

    const moved = await Promise.all(
      mesh.movableGateways.map(async ({ cluster, address }) => ({
        from: `${cluster.handle.eastWestAddress}:15443`,
        to: `${address}:15443`,
        takeBack: await change.moveGateway(cluster, address),
      })),
    );
    const gateways = async (gatewaysFrom: (cluster: (typeof mesh.clusters)[number]) => string[]) =>
      eachCluster(async (cluster) => {
        const sleep = cluster.client('sleep');
        await expect(sleep.gatewaysOf(mesh.helloworld)).toBecome(gatewaysFrom(cluster));
        await expect(sleep.calls(mesh.helloworld.url, { count: 10 })).toReachVersions(mesh.versions);
      });
    await gateways((cluster) =>
      mesh.gatewaysFrom(cluster).map((gateway) => moved.find(({ from }) => from === gateway)?.to ?? gateway),
    );
    await Promise.all(moved.map(({ takeBack }) => takeBack()));
    await gateways((cluster) => mesh.gatewaysFrom(cluster));
  },
);
