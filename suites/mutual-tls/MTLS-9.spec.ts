import { behaviour, expect, timeouts } from '../../fixtures/index.js';

/**
 * The kubelet has no certificate. Under STRICT the probes of a pod pass all the same, because Istio leads them past the
 * policy; a pod for which that is turned off is never ready, which shows that the policy would have stopped them.
 */
behaviour('probes stay green under STRICT', async ({ ownNamespace, eachCluster }) => {
  const own = await ownNamespace({ empty: true });
  await own.apply();

  await eachCluster(async (cluster) => {
    await expect(cluster.probes(own.name)).toBecome(
      ['http: ready', 'tcp-and-grpc: ready', 'not-rewritten: not ready, connection reset by peer'],
      { within: timeouts.rollout, successes: 3 },
    );
  });
});
