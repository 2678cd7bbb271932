import { exitCode, MeshproofError } from '../kernel/errors.js';
import { endProcesses } from '../kernel/child-processes.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { removeLent } from '../mesh/remove-mesh.js';
import { damaged, damageOf, readState } from '../mesh/state-file.js';
import { openChanges } from '../run/open-changes.js';
import { listRuns, releaseLease, stateFile, takeLease } from '../run/run-folders.js';
import type { Progress } from './progress.js';

/** Who has changed a mesh that an act of an upgrade is changing. */
export const upgradeChange = 'upgrade';

/**
 * Takes a running mesh for this process; the mesh outlives it. If the process before was killed, stops its programs and
 * removes the namespaces of its behaviours. Throws (exit 3) while another process uses the mesh. Throws also if a
 * change was not undone, because the state of the mesh is then unknown.
 */
export async function takeMesh(
  state: MeshState,
  progress: Progress,
  { despite }: { /** Whose open changes are what the caller is about to go on with. */ despite?: string } = {},
): Promise<void> {
  const { runId, plan, clusters } = state;
  const before = takeLease(runId, { kept: true });
  try {
    if (before && !before.released) {
      await endProcesses(runId);
      await removeLent(clusters, runId).catch((error: Error) => progress.note(error.message));
    }
    const changes = openChanges(runId).filter((change) => change.by !== despite);
    if (changes.length === 0) return;
    const by = [...new Set(changes.map((change) => change.by))].join(', ');
    if (by === upgradeChange)
      throw new MeshproofError(`run ${runId} has an unfinished upgrade`, exitCode.preflight, {
        where: changes.map(({ what }) => what).join('; '),
        expected: 'a mesh without an unfinished upgrade',
        remedy: `continue it: meshproof upgrade --run ${runId} --resume; or roll it back: --rollback`,
      });
    throw new MeshproofError(
      `the mesh of run ${runId} is broken, because this was not undone: ${by}`,
      exitCode.preflight,
      {
        where: changes.map(({ what }) => what).join('; '),
        expected: 'a mesh without leftover changes',
        remedy: `rebuild it: meshproof down ${runId}, then meshproof up ${plan.topology}`,
      },
    );
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
    state ? `the mesh of run ${id} is ${state.phase}, not running` : `no run has the id ${id}`,
    exitCode.usage,
    {
      remedy: 'list the running meshes: meshproof status',
    },
  );
}

/** The run that is meant when none is named: the only one that is up. */
function onlyRun(): string {
  const up = listRuns().filter((id) => readState(id)?.phase === 'up');
  if (up.length === 1) return up[0]!;
  throw new MeshproofError(
    up.length === 0 ? 'no mesh is running' : `several meshes are running: ${up.join(', ')}`,
    exitCode.usage,
    {
      remedy: up.length === 0 ? 'create one: meshproof up <topology>' : 'choose one of them',
    },
  );
}

/** A report on a mesh that is up has the run's id and the time in its name: there may be several. */
export function reportIdOf(runId: string, startedAt: Date): string {
  return `${runId}-${startedAt.toISOString().replace(/[-:]|\..*/g, '')}`;
}
