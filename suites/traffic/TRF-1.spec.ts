import { behaviour, expect, requires, sampleSizeForShares } from '../../fixtures/index.js';

/**
 * Weights over subsets that stand for clusters (TRF-1.yaml). Who calls has no say in it: the rule is that of the primary which
 * serves the caller, whether it is a sidecar in the mesh or an ingress gateway.
 */
behaviour(
  'weights over the subsets of two clusters are kept, in the mesh and through an ingress gateway',
  requires('clusters >= 2'),
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.deploy('ingress'), space.apply()]);

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const primary = mesh.primaryOf(cluster);
      const [own, next] = [primary.name, mesh.next(primary).name];
      const ingress = space.service(`ingress-${cluster.name}`, 8080);

      for (const [split, share] of [['split-80-20', 0.8] as const, ['split-30-70', 0.3] as const]) {
        const shares = { [own]: share, [next]: 1 - share };
        const count = sampleSizeForShares(shares, { difference: 0.2 });
        const inMesh = space.service(split).url;
        await expect(sleep.calls(inMesh, { count: 1, headers: { probe: 'rule' } })).toOnlyAnswer(418);
        for (const url of [inMesh, `${ingress.host}:${ingress.port}/${split}/hello`]) {
          await expect(sleep.calls(url, { count: 30 })).toOnlyReach([own, next]);
          const batch = await sleep.calls(url, { count }).once();
          await measure(`shares from ${cluster.name} of ${url}`, { expected: shares, counts: batch.histogram() });
          expect(batch).toFitShares(shares);
        }
      }
    });
  },
);
