import { behaviour, expect, requires, timeouts } from '../../fixtures/index.js';

/**
 * Every call is answered by the primary's own cluster and copied to the next one (TRF-5.yaml). Nobody waits for the answer to the
 * copy: that it arrived is in the access log of the pod that got it, under the call's own id.
 */
behaviour(
  'mirrored calls reach the other cluster and change no answer',
  requires('clusters >= 2'),
  async ({ mesh, ownNamespace, eachCluster }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const { url } = space.service('helloworld');

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const primary = mesh.primaryOf(cluster);
      await expect(sleep.calls(url, { count: 10 })).toOnlyReach([primary.name]);

      const copied = space.client(mesh.next(primary), 'helloworld');
      // a copy is dropped as long as the proxy has no endpoints of the other subset, which come after the route
      const some = copied.receives(sleep.calls(url, { count: 10 }));
      await expect(some).toBecome(['some'], { within: timeouts.configuration });

      const batch = await sleep.calls(url, { count: 50 }).once();
      await expect(batch).toOnlyReach([primary.name]);
      await expect(space.client(primary, 'helloworld').received(batch)).toBecome(['50 of 50 calls']);
      await expect(copied.received(batch)).toBecome(['50 of 50 calls']);
    });
  },
);
