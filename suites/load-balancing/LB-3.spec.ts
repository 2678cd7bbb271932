import { behaviour, callsToSeeAll, expect, requires, timeouts } from '../../fixtures/index.js';

/**
 * Clusters of one network reach each other's pods directly, by the pods' own addresses. Clusters of different networks
 * reach each other through the other network's east-west gateway, port 15443, and in no other way: every such gateway has its
 * address, is ready, listens, and forwards. A proxy's endpoints say what it would do, its access log what it did.
 */
behaviour(
  'calls to another cluster take the path that their networks require',
  requires('clusters >= 2'),
  async ({ mesh, eachCluster, measure }) => {
    await eachCluster(async (cluster) => {
      await expect(cluster.readyVersions('helloworld')).toBecome(cluster.helloworld);

      if (mesh.features['multi-network']) {
        const address = `address ${cluster.handle.eastWestAddress}`;
        const forwards = `forwards ${mesh.helloworld.host}`;
        await expect(cluster.gateway(mesh.helloworld)).toBecome([address, 'ready', 'listens on 15443', forwards]);
      }

      const sleep = cluster.client('sleep');
      const near = (await Promise.all(mesh.nearTo(cluster).map((other) => other.pods('helloworld')))).flat();
      const far = (await Promise.all(mesh.farFrom(cluster).map((other) => other.pods('helloworld')))).flat();
      const path = [...near.map(({ ip }) => `${ip}:5000`), ...(await mesh.gatewaysFrom(cluster))];

      await expect(sleep.endpoints(mesh.helloworld)).toBecome(path);

      const batch = await sleep.calls(mesh.helloworld.url, { count: callsToSeeAll(path.length) }).once();
      await expect(sleep.upstreamsOf(batch)).toBecome(path, { within: timeouts.accessLog });
      await expect(batch).toOnlyReach(mesh.versions);
      await measure(`path from ${cluster.name}`, path);

      // by their addresses, past the service: the pods of this network answer, in the same moment those of another do not
      const byAddress = (ip: string, options = {}) => sleep.calls(`${ip}:5000/hello`, { count: 3, ...options }).once();
      const short = { timeoutSeconds: timeouts.unreachableSeconds };
      const [direct, cut] = await Promise.all([
        Promise.all(near.map(async ({ ip, version }) => ({ version, answers: await byAddress(ip) }))),
        Promise.all(far.map(({ ip }) => byAddress(ip, short))),
      ]);
      for (const { version, answers } of direct) await expect(answers).toOnlyReach([version]);
      for (const answers of cut) expect(answers).toReachNothing();
    });
  },
);
