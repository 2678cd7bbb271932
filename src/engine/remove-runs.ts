import { interruption } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { damaged, damageOf, readState } from '../mesh/state-file.js';
import { belongingsOf, type Belongings } from '../provider/kind/docker-belongings.js';
import { stateFile, takeLease } from '../run/run-folders.js';
import { discard } from './ownership.js';
import type { Progress } from './progress.js';

/** Runs that were removed, with what they had, and what kept others from it. */
export interface Removed {
  removed: ({ runId: string } & Belongings)[];
  errors: unknown[];
}

/** Removes runs with everything that they made. What is wrong with one keeps no other. */
export async function removeRuns(
  runIds: readonly string[],
  flags: { force?: boolean },
  progress: Progress,
): Promise<Removed> {
  const removed: Removed['removed'] = [];
  const errors: unknown[] = [];
  for (const id of new Set(runIds)) {
    try {
      await refuseUnknown(id);
      takeLease(id, flags);
      removed.push({ runId: id, ...(await discard(id, progress)) });
    } catch (error) {
      errors.push(error);
      if (interruption.signal.aborted) break;
    }
  }
  return { removed, errors };
}

/**
 * Throws if the run does not exist (exit 2), and if its belongings are unknown (exit 4). Docker knows a run without its
 * state.
 */
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
  throw new MeshproofError(`no run has the id ${id}`, exitCode.usage, {
    remedy: 'list the runs: meshproof status',
  });
}
