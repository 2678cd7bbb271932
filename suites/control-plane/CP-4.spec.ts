import { behaviour, expect, requires } from '../../fixtures/index.js';

/**
 * Every primary configures the proxies that it serves, and no others: what several primaries shall agree on must be applied
 * to each. The same manifest goes to all of them, under a host name of the cluster's own (CP-4.yaml), one after the other and
 * round again: when a cluster's second has arrived at its pods, those of the other primaries, which are older, would have
 * arrived as well.
 */
behaviour(
  'configuration in one primary does not reach the proxies of another',
  requires('multi-primary'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [first, second] = [await ownNamespace(), await ownNamespace()];
    const hostOf = (name: string, namespace: { name: string }) => ({ host: `${name}.${namespace.name}.test` });

    await first.applyAsIs(mesh.primaries);
    await second.applyAsIs(mesh.primaries);

    await eachCluster(async (cluster) => {
      const calls = (headers: { host: string }) =>
        cluster.client('sleep').calls(mesh.helloworld.url, { count: 5, headers });

      await expect(calls(hostOf(cluster.controlPlane, first))).toOnlyAnswer(418);
      await expect(calls(hostOf(cluster.controlPlane, second))).toOnlyAnswer(418);
      for (const { name } of mesh.primaries.filter(({ name }) => name !== cluster.controlPlane)) {
        await expect(calls(hostOf(name, first))).toNeverAnswer(418);
      }
    });
  },
);
