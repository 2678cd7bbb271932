import { behaviour, expect } from '../../fixtures/index.js';

/**
 * Routing by a header (TRF-2.yaml): `to: next` leads to the next cluster, any other `to` that starts with an n is answered by
 * the proxy itself with 418, and a call without the header stays in the primary's own cluster. `next` starts with an n
 * too, so its answers show that the first rule that matches is the one that counts.
 */
behaviour(
  'calls with a header go to one subset, and the first rule that matches counts',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const { url } = space.service('helloworld');
    const enough = mesh.callsToSeeAll;

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const primary = mesh.primaryOf(cluster);
      const calls = (count: number, to?: string) => sleep.calls(url, { count, headers: to ? { to } : {} });

      await expect(calls(10, 'nobody')).toOnlyAnswer(418);
      await expect(calls(10, 'next')).toOnlyReach([mesh.next(primary).name]);
      await expect(calls(10)).toOnlyReach([primary.name]);

      await expect(await calls(enough, 'next').once()).toOnlyReach([mesh.next(primary).name]);
      await expect(await calls(enough).once()).toOnlyReach([primary.name]);
      await expect(await calls(enough, 'nobody').once()).toOnlyAnswer(418);
    });
  },
);
