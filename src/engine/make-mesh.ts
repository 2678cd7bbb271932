import { asError } from '../kernel/as-error.js';
import { interruption, thenAlways } from '../kernel/cancellation.js';
import { exitCode, type MeshproofError } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { readState } from '../mesh/state-file.js';
import { claimNetwork } from '../provider/kind/docker-network.js';
import { withReport } from '../run/report-folder.js';
import { createRun, newRunId } from '../run/run-folders.js';
import type { Plan } from '../topology/plan-types.js';
import { readTopologies } from '../topology/read-topologies.js';
import { openEnvironment } from './choose-environment.js';
import type { EnvironmentOptions, MeshFlags } from './engine-options.js';
import { clusterSource, discard, keep } from './ownership.js';
import { planFor } from './plan-topology.js';
import type { Agree, Progress } from './progress.js';
import type { Programs } from '../supply/program-paths.js';
import { checkMachine } from './ready-machine.js';
import { reportPath, reportsFolder } from './report-paths.js';
import { finishReport } from './run-report.js';
import { TopologyRun } from './topology-run.js';

/**
 * Builds a mesh for the caller. If that fails, removes it unless it is kept, and throws the reason. `prepare` adds the
 * caller's needs to the plan.
 */
export async function makeMesh(
  name: string,
  flags: MeshFlags,
  options: EnvironmentOptions & { keep?: boolean; moreIstio?: string[] },
  progress: Progress,
  agree: Agree,
  prepare: (plan: Plan) => Plan = (plan) => plan,
): Promise<{ state: MeshState; programs: Programs }> {
  const startedAt = new Date();
  const [topology] = readTopologies([name]);
  const environment = await openEnvironment(options, [topology!], progress, agree);
  const runId = newRunId();
  const planned = async (): Promise<Plan[]> => [prepare(await planFor(topology!, environment, runId))];
  const first = await planned();
  const programs = await checkMachine(first, progress);
  const fail = (error: unknown): Promise<never> =>
    thenAlways(
      () => Promise.reject(error),
      () => discard(runId, progress),
    );
  createRun(runId);
  const [plan] = await claimNetwork(first, planned).catch(fail);
  const clusters = clusterSource(plan!, programs);
  const topologyRun = new TopologyRun(plan!, programs, progress, clusters, flags);
  await topologyRun.build();
  await clusters.close();
  const { problem } = topologyRun;
  if (problem) {
    await reportFailure(topologyRun, { plan: plan!, programs, startedAt, problem }, progress);
    if (!options.keep) return fail(problem);
    keep(runId, progress);
    throw problem;
  }
  return { state: readState(runId)!, programs };
}

/** Leaves a report on a mesh that could not be built, with evidence of what there is of it. Never throws: the reason is told by another. */
async function reportFailure(
  topology: TopologyRun,
  { plan, programs, startedAt, problem }: { plan: Plan; programs: Programs; startedAt: Date; problem: MeshproofError },
  progress: Progress,
): Promise<void> {
  // clusters that are not to be touched, or a user who has no time: there is nothing to look into
  if (problem.code === exitCode.preflight || interruption.signal.aborted) return;
  const write = () =>
    withReport(reportsFolder(), plan.runId, async (report) => {
      const topologies = [topology.record(await topology.observe(report.dir))];
      const input = { report, startedAt, plans: [plan], programs, topologies, failure: problem, knownIssues: [] };
      const { unwritten } = await finishReport(input, progress);
      if (unwritten) throw unwritten;
      progress.note(`the report of the attempt: ${reportPath(report.id)}`);
    });
  await write().catch((error: unknown) => progress.note(asError(error, exitCode.environment).describe()));
}
