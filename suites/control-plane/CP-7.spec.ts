import { alone, behaviour, expect, requires, type Cluster } from '../../fixtures/index.js';

/**
 * Calls that may be lost for a restarted gateway. A new gateway pod is ready before the old one ends, and the old one drains
 * for 5 s; but then it closes the connections that it has forwarded, and who holds them is not told before: a call that is
 * under way at that moment is lost, and no sidecar sends again what may have been received. Calls take milliseconds, and less
 * than half a second on a machine that is far too busy: the budget is what a load of 10 calls a second sends in that.
 */
const budget = 5;

/**
 * From every cluster a service is called that has pods in one other network only (CP-7.yaml): with pods at home, Envoy would
 * try a call that fails again there, and nobody would miss the gateway. Every gateway is replaced under load; then those that
 * can be moved get another address, which the other clusters' proxies must come to use without being told by anybody.
 */
behaviour(
  'a restarted east-west gateway loses next to no call, and a new address is picked up',
  { ...alone, ...requires('multi-network') },
  async ({ mesh, ownNamespace, underLoad, change, eachCluster, measure }) => {
    const own = await ownNamespace();
    await Promise.all([own.deploy('helloworld'), own.apply()]);
    const far = (cluster: Cluster) => mesh.nextNetwork(cluster);
    const service = (cluster: Cluster) => own.service(`only-in-${far(cluster).name}`);
    // the caller's DNS knows no service of another cluster, its proxy does
    const headers = (cluster: Cluster) => ({ host: service(cluster).host });
    const reaches = (gateway: (of: Cluster) => Promise<string[]>) =>
      eachCluster(async (cluster) => {
        const sleep = cluster.client('sleep');
        const calls = sleep.calls(mesh.helloworld.url, { count: 10, headers: headers(cluster) });
        await expect(sleep.endpoints(service(cluster))).toBecome(await gateway(far(cluster)));
        await expect(calls).toOnlyReach([far(cluster).name]);
      });
    const home = (cluster: Cluster) => mesh.gatewayOf(cluster);
    await reaches(home);

    const load = await underLoad(mesh.helloworld.url, headers);
    const gateways = mesh.clusters.filter(({ handle }) => handle.eastWestAddress);
    await Promise.all(
      gateways.map((cluster) => change.restart(cluster, cluster.handle.istio.namespace, 'istio-eastwestgateway')),
    );
    await reaches(home);
    await eachCluster(async (cluster) => {
      expect(await load.from(cluster)).toLoseAtMost(budget);
    });

    const movable = new Map(mesh.movableGateways.map(({ cluster, address }) => [cluster, address]));
    await measure('moved gateways', Object.fromEntries([...movable].map(([{ name }, address]) => [name, address])));
    const moved = await Promise.all([...movable].map(([cluster, address]) => change.moveGateway(cluster, address)));
    const now = (cluster: Cluster) => movable.get(cluster);
    await reaches(async (cluster) => (now(cluster) === undefined ? home(cluster) : [`${now(cluster)}:15443`]));
    await Promise.all(moved.map((takeBack) => takeBack()));
    await reaches(home);
  },
);
