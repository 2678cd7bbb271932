import { claimNetwork } from '../provider/kind/docker-network.js';
import { damageOf, listRuns, newRunId, readState, releaseLease, stateFile, takeLease } from '../run/run-folders.js';
import { belongingsOf, type Belongings } from '../provider/kind/docker-belongings.js';
import { interruption, thenAlways } from '../kernel/cancellation.js';
import { damaged } from '../mesh/state-file.js';
import { openChanges } from '../run/open-changes.js';
import { endProcesses } from '../kernel/child-processes.js';
import { planWithoutSecrets } from '../plan/plan-secrets.js';
import { removeLent } from '../mesh/remove-mesh.js';
import type { MeshState } from '../provider/cluster-handle.js';
import { withReport } from '../run/report-folder.js';
import { exitCode, MeshproofError, severalErrors, type ExitCode } from '../kernel/errors.js';
import type { Plan } from '../topology/types.js';
import { checkMachine, openEnvironment, planFor, type Programs } from '../engine/context.js';
import type { GlobalOptions } from './global-options.js';
import { clusterSource, discard, keep } from '../engine/ownership.js';
import type { Progress } from './progress-display.js';
import { finish } from '../engine/run-report.js';
import { reportsFolder } from '../engine/report-paths.js';
import { removalBehaviour } from '../engine/removal-behaviour.js';
import type { Filters } from '../engine/selection.js';
import { readSelection } from '../engine/run-suites.js';
import { readTopologies } from '../topology/read-topologies.js';
import { TopologyRun, type MeshFlags } from '../engine/topology-run.js';

/** `meshproof up`: builds a mesh and leaves it, for `test`, `status` and `down`. */
export async function upCommand(
  name: string,
  flags: MeshFlags,
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const { state } = await makeMesh(name, flags, options, progress);
  keep(state.runId, progress);
  progress.stop();
  const printed = { ...state, plan: planWithoutSecrets(state.plan) };
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(printed, null, 2)}\n` : `${state.runId}\n`);
  return exitCode.passed;
}

/** Builds a mesh for the caller to use. One that cannot be built is removed, unless it is to be kept, and the reason is thrown. */
export async function makeMesh(
  name: string,
  flags: MeshFlags,
  options: GlobalOptions,
  progress: Progress,
): Promise<{ state: MeshState; programs: Programs }> {
  const [topology] = readTopologies([name]);
  const environment = await openEnvironment(options, [topology!], progress);
  const runId = newRunId();
  const planned = async (): Promise<Plan[]> => [await planFor(topology!, environment, runId)];
  const first = await planned();
  const programs = await checkMachine(first, progress);
  const fail = (error: unknown): Promise<never> =>
    thenAlways(
      () => Promise.reject(error),
      () => discard(runId, progress),
    );
  const [plan] = await claimNetwork(first, planned).catch(fail);
  const clusters = clusterSource(plan!, programs);
  const topologyRun = new TopologyRun(plan!, programs, progress, clusters, flags);
  await topologyRun.build();
  await clusters.close();
  const { problem } = topologyRun;
  if (problem) {
    if (!options.keep) return fail(problem);
    keep(runId, progress);
    throw problem;
  }
  return { state: readState(runId)!, programs };
}

/** `meshproof test`: proves the behaviours of a mesh that is up; it is left as it was. */
export async function testCommand(
  runId: string | undefined,
  args: readonly string[],
  flags: MeshFlags & Filters,
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const startedAt = new Date();
  const state = meshThatIsUp(runId);
  const id = state.runId;
  const selection = await readSelection(flags, args);
  if (!selection.args) {
    throw new MeshproofError(
      `${removalBehaviour.id} takes the mesh away, and \`test\` leaves it as it was`,
      exitCode.usage,
      {
        remedy: `prove it on a mesh of its own: meshproof run ${state.plan.topology} --only ${removalBehaviour.id}`,
      },
    );
  }
  await takeMesh(state, progress);
  try {
    const programs = await checkMachine([state.plan], progress, { meshIsUp: true });
    return await withReport(reportsFolder(), reportIdOf(id, startedAt), async (report) => {
      progress.note(`run ${id}; report in reports/${report.id}`);
      if (state.plan.topologySha256 === undefined)
        progress.note(
          `an older meshproof made this mesh: the report cannot say which text of ${state.plan.topologyFile}`,
        );
      const source = clusterSource(state.plan, programs);
      const topology = new TopologyRun(state.plan, programs, progress, source, flags, state);
      await topology.prove(report.dir, selection, { meshStays: true });
      const [record] = await Promise.all([topology.record(report.dir), topology.asFound()]);
      const input = { report, startedAt, plan: state.plan, programs, topologies: [record] };
      return await finish(input, { ...options, timings: false }, progress);
    });
  } finally {
    releaseLease(id);
  }
}

/** `meshproof down`: removes runs with everything that they made. */
export async function downCommand(
  runIds: readonly string[],
  flags: { force?: boolean },
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const removed: ({ runId: string } & Belongings)[] = [];
  const errors: unknown[] = [];
  for (const id of new Set(runIds)) {
    try {
      await refuseUnknown(id);
      takeLease(id, flags);
      removed.push({ runId: id, ...(await discard(id, progress)) });
    } catch (error) {
      // what is wrong with one run keeps no other
      errors.push(error);
      if (interruption.signal.aborted) break;
    }
  }
  progress.stop();
  const lines = removed.map(({ runId }) => `${runId} removed\n`).join('');
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(removed, null, 2)}\n` : lines);
  if (errors.length > 0) throw severalErrors(errors, 'meshproof status');
  return exitCode.passed;
}

/** Throws where there is no such run (exit 2), and where nobody knows what it has (exit 4). One without its state is known by Docker. */
async function refuseUnknown(id: string): Promise<void> {
  if (readState(id)) return;
  const problem = damageOf(id);
  const damage = problem === undefined ? undefined : damaged(id, stateFile(id), problem);
  const { containers, networks } = await belongingsOf(id).catch((error: unknown) => {
    // without Docker too, the damaged file is what the user can mend
    throw damage ?? error;
  });
  if (containers.length + networks.length > 0) return;
  if (damage !== undefined) throw damage;
  throw new MeshproofError(`there is no run ${id}`, exitCode.usage, {
    remedy: 'list what is there with: meshproof status',
  });
}

/**
 * Takes a mesh that is up for this process; it lives on without it. Where the process before was killed, what it started is
 * ended first, and the namespaces of its behaviours are removed. Throws (exit 3) while another process works on the mesh, and
 * where a change to it has not been taken back: nobody knows what it would be proven of.
 */
export async function takeMesh(state: MeshState, progress: Progress): Promise<void> {
  const { runId, plan, clusters } = state;
  const before = takeLease(runId, { kept: true });
  try {
    if (before && !before.released) {
      await endProcesses(runId);
      await removeLent(clusters, runId).catch((error: Error) => progress.note(error.message));
    }
    const changes = openChanges(runId);
    if (changes.length === 0) return;
    const by = [...new Set(changes.map((change) => change.by))].join(', ');
    throw new MeshproofError(`the mesh of run ${runId} is broken: not undone is ${by}`, exitCode.preflight, {
      where: changes.map(({ what }) => what).join('; '),
      expected: 'a mesh that is as it was built',
      remedy: `make it anew: meshproof down ${runId}, then meshproof up ${plan.topology}`,
    });
  } catch (error) {
    releaseLease(runId);
    throw error;
  }
}

/** The state of a run's mesh; without an id that of the only one. Throws (exit 2) where there is none that is up. */
export function meshThatIsUp(runId: string | undefined): MeshState {
  const id = runId ?? onlyRun();
  const state = readState(id);
  if (state?.phase === 'up') return state;
  const problem = damageOf(id);
  if (problem !== undefined) throw damaged(id, stateFile(id), problem);
  throw new MeshproofError(
    state ? `the mesh of run ${id} is ${state.phase}, not up` : `there is no run ${id}`,
    exitCode.usage,
    {
      remedy: 'list what is up with: meshproof status',
    },
  );
}

/** The run that is meant when none is named: the only one that is up. */
function onlyRun(): string {
  const up = listRuns().filter((id) => readState(id)?.phase === 'up');
  if (up.length === 1) return up[0]!;
  throw new MeshproofError(
    up.length === 0 ? 'no mesh is up' : `several meshes are up: ${up.join(', ')}`,
    exitCode.usage,
    {
      remedy: up.length === 0 ? 'make one with: meshproof up <topology>' : 'name one of them',
    },
  );
}

/** A report on a mesh that is up has the run's id and the time in its name: there may be several. */
export function reportIdOf(runId: string, startedAt: Date): string {
  return `${runId}-${startedAt.toISOString().replace(/[-:]|\..*/g, '')}`;
}
