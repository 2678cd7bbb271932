import { alone, behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * Calls that may be lost for each gateway that is restarted. A new gateway pod is ready before the old one ends, and the old
 * one drains for 5 s; but then it closes the connections that it has forwarded, and who holds them is not told before: a call
 * that is under way at that moment is lost, and no sidecar sends again what may have been received. Calls take milliseconds,
 * and less than half a second on a machine that is far too busy: the budget is what a load of 10 calls a second sends in that.
 */
const budget = 5;

/**
 * Every east-west gateway is replaced under load from every cluster. Then those that can be moved get another address: the
 * other clusters' proxies must come to use it, and it alone, without being told by anybody.
 */
behaviour(
  'a restarted east-west gateway loses next to no call, and a new address is picked up',
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
      expect(await load.from(cluster)).toLoseAtMost(budget * mesh.gatewaysFrom(cluster).length);
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
