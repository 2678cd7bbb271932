import { asError } from '../kernel/as-error.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { damaged } from '../mesh/state-file.js';
import { abandonedReports, removeAbandonedReports } from '../run/abandoned-reports.js';
import { takeLease } from '../run/run-folders.js';
import { collectGarbage, findGarbage, type Garbage, type GarbageOptions } from './garbage.js';
import { discard } from './ownership.js';
import type { Progress } from './progress.js';
import { reportsFolder } from './report-paths.js';

/** Removes the reports that dead processes were making, or only names them; a folder of them that cannot be read is noted. */
function unfinishedReports({ dryRun }: { dryRun?: boolean }, progress: Progress): string[] {
  try {
    return dryRun ? abandonedReports(reportsFolder()) : removeAbandonedReports(reportsFolder());
  } catch (error) {
    progress.note(`cannot check unfinished reports, so they stay: ${asError(error, exitCode.environment).describe()}`);
    return [];
  }
}

/** Removes what no live run owns, or only finds it; `reports` are those that dead processes were making. */
export async function removeGarbage(
  flags: GarbageOptions & { dryRun?: boolean },
  progress: Progress,
): Promise<Garbage & { reports: string[] }> {
  const garbage = await findGarbage(flags);
  if (!garbage.docker) progress.note('Docker does not answer, so only runs on existing clusters are checked');
  const remove = async (runId: string): Promise<void> => {
    try {
      takeLease(runId, { force: flags.force });
    } catch (error) {
      if (!(error instanceof MeshproofError)) throw error;
      // somebody has begun to use it since it was found
      garbage.runs = garbage.runs.filter((run) => run.runId !== runId);
      return progress.note(error.message);
    }
    await discard(runId, progress);
  };
  const reports = unfinishedReports(flags, progress);
  if (!flags.dryRun) await collectGarbage(garbage, remove);
  for (const { runId, stateRoot } of garbage.elsewhere)
    progress.note(`run ${runId} has its state in ${stateRoot} and stays; if it is dead: meshproof down ${runId}`);
  for (const { runId, host } of garbage.unknown)
    progress.note(
      `run ${runId} is in use by a process on ${host} that cannot be checked from here, and stays; if that process is gone: meshproof gc --force`,
    );
  for (const { runId, file, problem } of garbage.damaged)
    progress.note(`${damaged(runId, file, problem).describe()}; it stays`);
  return { ...garbage, reports };
}
