import { behaviour, expect, sampleSizeForShares, seenHeader, type Call } from '../../fixtures/index.js';

/** What the server saw of a call that was answered well: the number of its attempt, as Envoy tells it. */
const byAttempt = (call: Call) =>
  call.code === 200 ? `attempt ${seenHeader(call, 'X-Envoy-Attempt-Count')}` : byCode(call);
const byCode = ({ code }: Call) => `HTTP ${code}`;

/**
 * Istio's echo server waits, or fails, as it is asked. A timeout of 0.5 s (TRF-4.yaml) cuts off an answer of 2 s with 504. When
 * every second attempt fails, three retries leave one call in 16 without a good answer, and the server sees how many
 * attempts each of the others took.
 */
behaviour(
  'a timeout gives 504, and retries recover the fraction that they should',
  async ({ ownNamespace, eachCluster, measure }) => {
    const space = await ownNamespace();
    await Promise.all([space.deploy('echo'), space.apply()]);
    const url = (path: string) => `echo.${space.name}:8080${path}`;
    const slow = { count: 10, immediately: true };
    const once = { 'HTTP 200': 1 / 2, 'HTTP 503': 1 / 2 };
    const retried = {
      'attempt 1': 1 / 2,
      'attempt 2': 1 / 4,
      'attempt 3': 1 / 8,
      'attempt 4': 1 / 16,
      'HTTP 503': 1 / 16,
    };

    await eachCluster(async (cluster) => {
      const sleep = cluster.client('sleep');
      await expect(sleep.calls(url('/timeout?delay=2s'), slow)).toOnlyAnswer(504);
      await expect(sleep.calls(url('/patience?delay=2s'), slow)).toOnlyAnswer(200);

      const failing = '?codes=503:1,200:1';
      const count = sampleSizeForShares(once, { difference: 0.25 });
      const without = await sleep.calls(url(`/once${failing}`), { count }).once();
      expect(without).toFitShares(once, byCode);

      const enough = sampleSizeForShares(retried, { difference: 0.2 });
      const withThree = await sleep.calls(url(`/retries${failing}`), { count: enough }).once();
      await measure(`attempts from ${cluster.name}`, { expected: retried, counts: withThree.histogram(byAttempt) });
      expect(withThree).toFitShares(retried, byAttempt);
    });
  },
);
