import { behaviour, callsToMeet, expect, requires, type Cluster } from '../../fixtures/index.js';

/**
 * Three regions are three priorities: a caller's own is 0, the one that `failover` names for it 1, and the one that nobody
 * names 2. Each takes over when those before it have no pods; pods that come back are preferred again.
 */
behaviour(
  'of three regions the own one is called first, then the one that failover names, then the last',
  requires('regions >= 3'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const service = space.service('helloworld');
    const order = (cluster: Cluster) => [0, 1, 2].map((steps) => mesh.nextRegion(cluster.region, steps));

    await eachCluster((cluster) =>
      expect(cluster.client('sleep').priorities(service)).toBecome([
        ...order(cluster).map((region, priority) => `${region} ${priority}`),
        ...mesh.regions.filter((region) => !order(cluster).includes(region)).map((region) => `${region} 2`),
      ]),
    );

    // the regions without pods, step by step: every region loses its own, then its next, and has them back
    const [first, second, third] = mesh.regions as [string, string, string];
    const steps = [[], [first], [first, second], [second], [second, third], [third], [third, first], []];
    for (const [i, gone] of steps.entries()) {
      const before = steps[i - 1] ?? [];
      const scale = (regions: readonly string[], replicas: number) =>
        regions.flatMap((region) => mesh.in(region)).map((cluster) => space.scale(cluster, 'helloworld', replicas));
      await Promise.all([
        ...scale(
          gone.filter((region) => !before.includes(region)),
          0,
        ),
        ...scale(
          before.filter((region) => !gone.includes(region)),
          1,
        ),
      ]);
      await eachCluster((cluster) => {
        const turn = order(cluster).find((region) => !gone.includes(region))!;
        const who = turn === cluster.region ? mesh.nearest(cluster) : mesh.answeringFor(turn);
        return expect(
          cluster.client('sleep').calls(service.url, { count: callsToMeet(mesh.clusters.length) }),
        ).toOnlyReach(who);
      });
    }
  },
);
