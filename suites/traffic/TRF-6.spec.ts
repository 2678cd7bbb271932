import { behaviour, expect, timeouts } from '../../fixtures/index.js';

/**
 * Thirty calls at once, each of which takes the server a second. Callers with a pool of one connection (TRF-6.yaml) send the few
 * that fit and refuse the rest themselves, with 503 and the flag UO (upstream overflow) in the access log. The same application
 * without limits answers all of them; it has pods of its own, because a pod's sidecar keeps to the limits of its service too.
 * That is also why one cluster calls after the other. A call of a second may meet the end of a connection that the server's sidecar
 * drains, because a policy of another behaviour came or went: that is waited for.
 */
behaviour(
  'what exceeds the limits of a connection pool is refused by the caller with 503 and the flag UO',
  async ({ mesh, ownNamespace, eachCluster }) => {
    const [limited, unlimited] = await Promise.all([ownNamespace(), ownNamespace()]);
    await Promise.all([limited.deploy('echo'), unlimited.deploy('echo'), limited.apply()]);

    await eachCluster(async (cluster) => {
      for (const space of [limited, unlimited])
        await expect(space.client(cluster, `statefulset/${cluster.name}`).draining()).toBecome([], {
          within: timeouts.drain,
        });
    });
    for (const one of mesh.clusters) {
      await eachCluster(
        async (cluster) => {
          const sleep = cluster.client('sleep');
          const calls = (space: typeof limited, count: number) =>
            sleep.calls(`echo.${space.name}:8080/?delay=1s`, { count, parallel: count, immediately: true });
          await expect(sleep.policy(limited.service('echo', 8080))).toBecome(['ROUND_ROBIN']);
          await expect(calls(limited, 1)).toOnlyAnswer(200);
          await expect(calls(unlimited, 1)).toOnlyAnswer(200);

          await expect(sleep.answersOf(await calls(limited, 30).once())).toBecome(['200 -', '503 UO']);
          // a limit refuses some calls of every batch; an application that just ends an idle connection spoils one
          await expect(sleep.answersTo(calls(unlimited, 30))).toBecome(['200 -']);
        },
        [one],
      );
    }
  },
);
