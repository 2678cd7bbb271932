import { converge } from '../kernel/converge.js';
import { docker } from '../kernel/docker.js';
import { letTimePass } from '../kernel/let-time-pass.js';
import type { Plan } from '../topology/plan-types.js';
import type { Budgets } from './budgets.js';
import { anyCluster } from './load/answer.js';
import { lostCluster, reach } from './mesh-parts.js';
import { isRead, isWhole, podsKnown } from './mesh-waits.js';
import { changing, lastAct, takingBack } from './scenario-acts.js';
import type { Scenario } from './scenario.js';

/** How long the nodes stay stopped: twelve time limits of a call, so that what a caller does the second time is seen as well. */
const stoppedMs = 60_000;
/** Longer than any scenario: a loss that is the scenario itself. */
const whole = { gap: 3_600_000, resets: 10_000 };
const stopped = 'node-stopped';
const back = 'node-back';

/**
 * A rule by which calls go to every cluster, wherever they come from, and by which a connection is given up after a second: a
 * caller that gives up before its proxy does tells that proxy nothing.
 */
export const spread = {
  connectionPool: { tcp: { connectTimeout: '1s' } },
  loadBalancer: { simple: 'ROUND_ROBIN', localityLbSetting: { enabled: false } },
};

/** The same with outlier detection, which takes a server that does not answer out of rotation. */
export const spreadWithOutlierDetection = {
  ...spread,
  outlierDetection: {
    consecutive5xxErrors: 2,
    interval: '1s',
    baseEjectionTime: '60s',
    maxEjectionPercent: 100,
  },
};

/** A scenario in which the nodes of a cluster are stopped, by the rule that callers have. `elsewhere` is what they may lose. */
export function loseCluster(
  of: Pick<Scenario, 'id' | 'title'>,
  { rule, elsewhere }: { rule: 'outlier detection' | 'none'; elsewhere: Budgets[number] },
): Scenario {
  return {
    ...of,
    requires: ['clusters >= 2'],
    ownClusters: 'it stops the nodes of a cluster',
    shared: { trafficPolicy: rule === 'none' ? spread : spreadWithOutlierDetection },
    away: (plan) => ({ clusters: [lostCluster(plan).name], acts: [stopped, back] }),
    acts(plan, changes) {
      const { name: cluster, helloworld } = lostCluster(plan);
      const stop = changing(
        changes,
        { id: stopped, title: `the nodes of ${cluster} are stopped`, cluster },
        async (breakage, context) => {
          const { nodes } = reach(context, cluster);
          context.mark(`the nodes of ${cluster} are being stopped`);
          await breakage.pause(reach(context, cluster));
          await converge(
            () => docker(['inspect', '-f', '{{.State.Status}}', ...nodes.map(({ name }) => name)]),
            (states) => {
              const others = states.split('\n').filter((state) => state !== 'paused' && state !== '');
              return others.length === 0
                ? { ok: true }
                : { ok: false, expected: `the nodes of ${cluster} are paused`, got: others.join(', ') };
            },
            { timeout: 30_000, interval: 500, signal: context.signal },
          );
          context.mark(`the nodes of ${cluster} are paused`);
          await letTimePass(stoppedMs);
        },
      );
      const goOn = takingBack(
        stop,
        { id: back, title: `the nodes of ${cluster} start again, and all of its endpoints return`, cluster },
        async (context) => {
          await isWhole(context, plan, cluster);
          for (const { name } of plan.clusters) await isRead(context, plan, name);
          await podsKnown(context, plan, cluster, helloworld.length);
        },
      );
      return [stop, goOn];
    },
    budgets: (plan) => budgetsOf(plan, elsewhere),
  };
}

function budgetsOf(plan: Plan, elsewhere: Budgets[number]): Budgets {
  const { name } = lostCluster(plan);
  const acts = [stopped, back];
  return [
    {
      acts,
      from: name,
      ...whole,
      reason: 'its own clients are stopped with it, and call again when the nodes start again',
    },
    {
      acts,
      to: name,
      ...whole,
      reason: 'its own servers are stopped with it, and no other cluster runs these servers',
    },
    { ...elsewhere, acts: [stopped], to: anyCluster },
    {
      acts: [back, lastAct],
      to: anyCluster,
      gap: 5_000,
      resets: 2,
      reason: 'servers that have just started again are slow, and its nodes may count as not ready for a moment',
    },
    { gap: 0, resets: 0, reason: 'calls between the other clusters have nothing to do with it' },
  ];
}
