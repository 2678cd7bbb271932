import { behaviour, expect, sampleSizeForShares, type Call } from '../../fixtures/index.js';

/** What a delay is told by: no call takes this long by itself. Milliseconds, as in TRF-3.yaml. */
const delay = 2_000;

/**
 * Faults that the caller's proxy injects (TRF-3.yaml): a delay of 2 s or an answer 418 instead of the server's, for every call
 * with the header or for a percentage of them. The calls without a fault are the control, in the same batches.
 */
behaviour(
  'injected delays and aborts meet the percentage of calls that they are for',
  async ({ mesh, ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('helloworld'), space.apply()]);
    const { url } = space.service('helloworld');
    const everyone = mesh.names;
    const bySpeed = ({ ms, code, version }: Call) =>
      code !== 200 || version === undefined ? `HTTP ${code}` : ms < delay ? 'prompt' : 'delayed';
    const half = { prompt: 0.5, delayed: 0.5 };
    const some = { 'HTTP 418': 0.3, [everyone.join('+')]: 0.7 };

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      const calls = (count: number, fault?: string) =>
        sleep.calls(url, { count, parallel: 50, immediately: true, headers: fault ? { fault } : {} });

      await expect(calls(10, 'abort')).toOnlyAnswer(418);
      await expect(calls(30)).toOnlyReach(everyone);

      expect(await calls(10, 'delay').once()).toFitShares({ delayed: 1 }, bySpeed);
      const delayed = await calls(sampleSizeForShares(half, { difference: 0.3 }), 'delay-half').once();
      const aborted = await calls(sampleSizeForShares(some, { difference: 0.2 }), 'abort-some').once();
      await measure(`counts from ${cluster.name}`, {
        delayed: delayed.histogram(bySpeed),
        aborted: aborted.histogram(),
      });
      expect(delayed).toFitShares(half, bySpeed);
      expect(aborted).toFitShares(some);
    });
  },
);
