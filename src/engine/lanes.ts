import type { ClusterSource } from '../provider/cluster-source.js';
import { claimNetwork } from '../provider/kind/docker-network.js';
import { interruption, thenAlways } from '../kernel/cancellation.js';
import type { Behaviour, TopologyRecord } from '../record/result.js';
import { exitCode } from '../kernel/errors.js';
import { createRun } from '../run/run-folders.js';
import type { Plan } from '../topology/plan-types.js';
import type { Programs } from '../supply/program-paths.js';
import { clusterSource, discard, keep } from './ownership.js';
import type { Progress } from './progress.js';
import type { RunOptions } from './engine-options.js';
import type { Selection } from './selection.js';
import { TopologyRun } from './topology-run.js';

/** Topologies that are proven one after the other, as one run. */
export interface Lane {
  plans: Plan[];
  /** Plans them again, with addresses that are free now. */
  again(): Promise<Plan[]>;
}

/**
 * Proves topologies one after the other and adds their records to `records`. The clusters of one serve the next where
 * they fit it, once the mesh is removed; `--fresh`, or a mesh that could not be built or removed, gives the next one new
 * clusters. Everything is removed at the end, unless it is to be kept.
 */
export async function proveInTurn(
  lane: Lane,
  dir: string,
  selection: Selection,
  programs: Programs,
  options: RunOptions,
  progress: Progress,
  records: TopologyRecord[],
): Promise<void> {
  let { plans } = lane;
  /** Undefined while nothing of the run is there. */
  let clusters: ClusterSource | undefined;
  let kept = false;
  const drop = async (): Promise<void> => {
    await clusters?.close();
    clusters = undefined;
    await discard(plans[0]!.runId, progress);
  };
  const prove = async (): Promise<void> => {
    for (let i = 0; i < plans.length && !interruption.signal.aborted; i++) {
      if (!clusters) {
        clusters = clusterSource(plans[i]!, programs);
        createRun(plans[i]!.runId);
        plans = await claimNetwork(plans, () => lane.again(), i);
      }
      const plan = plans[i]!;
      const last = i === plans.length - 1;
      if (plans.length > 1) progress.note(`topology ${plan.topology} (${i + 1} of ${plans.length})`);
      const topology = new TopologyRun(plan, programs, progress, clusters, options);
      // a run of selected behaviours has not been asked for the removal; the last mesh then ends with its clusters
      const removable = selection.removal || !last;
      await topology.build({ removable });
      // clusters that are not to be touched: nothing was tried, so there is nothing to record
      if (topology.problem?.code === exitCode.preflight) throw topology.problem;
      const stays = Boolean(plan.attach || (last && options.keep));
      await topology.prove(dir, selection, { meshStays: stays });
      const [observed] = await Promise.all([topology.observe(dir), stays && topology.asFound()]);
      kept = last && options.keep === true;
      let removal: Behaviour | undefined;
      try {
        if (removable && !kept) removal = await topology.remove();
      } finally {
        // a removal that goes wrong loses no verdict
        records.push(topology.record(observed, selection.removal ? removal : undefined));
      }
      if (kept) break;
      const dirty = plan.attach ? false : removal?.verdict !== 'passed';
      // clusters stay in their Docker network, whose addresses are in the plan; existing ones are another topology's own
      const moves = plan.provider === 'existing' || plan.docker.subnet !== plans[i + 1]?.docker.subnet;
      const clustersEnd = options.fresh || dirty || moves;
      if (!last && clustersEnd) await drop();
    }
  };
  await thenAlways(prove, async () => {
    if (kept) {
      await clusters?.close();
      keep(plans[0]!.runId, progress);
    } else if (clusters) await drop();
  });
}
