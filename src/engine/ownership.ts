import { ExistingClusters } from '../provider/existing/existing-clusters.js';
import { releaseClusterLease } from '../provider/existing/cluster-lease.js';
import { KindClusters } from '../provider/kind/kind-clusters.js';
import type { ClusterSource } from '../provider/cluster-source.js';
import { endProcesses } from '../kernel/child-processes.js';
import { readState, writeState } from '../mesh/state-file.js';
import { releaseLease, removeRun } from '../run/run-folders.js';
import { cleanUp, settleAll } from '../kernel/cancellation.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Belongings } from '../provider/kind/docker-belongings.js';
import { takeDown } from '../provider/kind/take-down.js';
import { ClusterWatch } from '../kube/cluster-watch.js';
import { notOurs } from '../mesh/existing-mesh.js';
import { removeLent, removeMesh } from '../mesh/remove-mesh.js';
import type { Plan } from '../topology/plan-types.js';
import type { Programs } from '../supply/program-paths.js';
import type { Progress } from './progress.js';

/** Where the clusters of a plan come from. */
export function clusterSource(plan: Plan, programs: Pick<Programs, 'kind'>): ClusterSource {
  return plan.provider === 'kind' ? new KindClusters(programs.kind) : new ExistingClusters();
}

/**
 * Removes everything that a run made. On existing clusters that is its mesh and its leases; the clusters stay. Being gone
 * already is fine. Goes on after an interrupt.
 */
export function discard(runId: string, progress: Progress): Promise<Belongings> {
  const state = readState(runId);
  return state?.plan.provider === 'existing'
    ? cleanUp(() => leaveClusters(state, progress))
    : progress.step('removal of clusters', {}, () => takeDown(runId));
}

async function leaveClusters(state: MeshState, progress: Progress): Promise<Belongings> {
  const { runId, plan, clusters, phase, before = {} } = state;
  // an istioctl that outlived its run would go on installing
  await endProcesses(runId);
  // also of a mesh that was only attached to: a behaviour that was killed has left its own
  await removeLent(clusters, runId);
  // before the first change, and in an attached mesh, nothing belongs to the run
  if (!plan.attach && (phase === 'installing' || phase === 'up' || phase === 'removing')) {
    const reasons = await settleAll(clusters.map((handle) => notOurs(handle, runId)));
    for (const [i, reason] of reasons.entries())
      if (reason) progress.note(`${clusters[i]!.name}: ${reason}, so its mesh stays`);
    const ours = clusters.filter((_, i) => reasons[i] === undefined);
    const live = ours.map((handle) => ({ handle, watch: new ClusterWatch(handle) }));
    await removeMesh(plan, live, before, progress);
    writeState({ ...state, phase: 'removed' });
  }
  await Promise.all(clusters.map((handle) => releaseClusterLease(handle, runId)));
  removeRun(runId);
  return { containers: [], networks: [] };
}

/** Leaves a run for later commands. */
export function keep(runId: string, progress: Progress): void {
  releaseLease(runId);
  progress.note(`kept: meshproof test ${runId}, meshproof status ${runId}, meshproof down ${runId}`);
}
