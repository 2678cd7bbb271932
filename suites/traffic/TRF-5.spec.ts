import { behaviour, expect, requires, timeouts } from '../../fixtures/index.js';

/**
 * Every call is answered by the primary's own cluster and copied to the next one (TRF-5.yaml). Nobody waits for the answer to the
 * copy: that it arrived is in the access log of the pod that got it, under the call's own id. Nor does Envoy repeat a copy that
 * is lost, so four of five are enough: of half as many copies as calls, 40 of 50 arrive once in 80,000 times.
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

      // a copy is dropped as long as the proxy has no endpoints of the other subset, which come after the route
      const begun = space.client(mesh.next(primary), 'helloworld');
      let sent = await sleep.calls(url, { count: 10 }).once();
      const copied = begun.received(sent, 1);
      const once = async (signal?: AbortSignal) => {
        // the log is late: what was sent the last time is asked for
        const before = sent;
        sent = await sleep.calls(url, { count: 10 }).once(signal);
        return begun.received(before, 1).once(signal);
      };
      await expect({ ...copied, once }).toBecome(['1 or more of 10 calls'], { within: timeouts.configuration });

      const batch = await sleep.calls(url, { count: 50 }).once();
      await expect(batch).toOnlyReach([primary.name]);
      await expect(space.client(primary, 'helloworld').received(batch)).toBecome(['50 or more of 50 calls']);
      const copies = begun.received(batch, 40);
      await expect(copies).toBecome(['40 or more of 50 calls']);
    });
  },
);
