import { converge } from '../../kernel/converge.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { removeAbandonedReports } from '../../run/abandoned-reports.js';
import { ownerState } from '../../run/lease.js';
import path from 'node:path';
import { causeOfAttempt, type Attempt } from '../../record/matrix/cell-record.js';
import { removeRuns } from '../remove-runs.js';
import type { Progress } from '../progress.js';
import { reportOf, resultOf, unfinishedRun } from './cell-process.js';

/** Milliseconds that a process has to remove what it made. */
const removalLimit = 10 * 60_000;

/**
 * What became of an attempt that nobody has waited for: the matrix was killed. A report that is complete counts. A process that still
 * runs is ended in order; what a run has left is removed. Throws (exit 3) where that process does not end.
 */
export async function settleAttempt(attempt: Attempt, folder: string, progress: Progress): Promise<Attempt> {
  const { process: owner, number } = attempt;
  const place = path.join(folder, `attempt-${number}`);
  const endedAt = new Date().toISOString();
  if (owner && ownerState(owner) === 'alive' && !(await reportOf(place))) {
    await progress.step(`waiting for the end of process ${owner.pid}, left by a killed matrix`, {}, () =>
      endProcess(owner),
    );
  }
  const found = await reportOf(place);
  if (found && !found.record.run.interrupted) {
    const { exitCode: code, finishedAt } = found.record.run;
    return { ...attempt, endedAt: finishedAt, ...resultOf({ code, said: '' }, found, folder) };
  }
  const run = found?.run ?? unfinishedRun(place);
  if (run !== undefined) {
    const { errors } = await removeRuns([run], {}, progress);
    // a run that has removed itself is gone already
    const [error] = errors.filter((one) => !(one instanceof MeshproofError && one.code === exitCode.usage));
    if (error) throw error;
    removeAbandonedReports(path.join(place, 'reports'));
  }
  const report = found && path.relative(folder, found.folder);
  return {
    ...attempt,
    endedAt,
    outcome: 'interrupted',
    cause: causeOfAttempt('interrupted', undefined, ''),
    run,
    report,
  };
}

async function endProcess(owner: NonNullable<Attempt['process']>): Promise<void> {
  process.kill(owner.pid, 'SIGINT');
  const gone = async () => ownerState(owner) !== 'alive';
  const judge = (isGone: boolean) =>
    isGone ? { ok: true as const } : { ok: false as const, expected: 'no process', got: `process ${owner.pid}` };
  await converge(gone, judge, { timeout: removalLimit }).catch((cause: unknown) => {
    throw new MeshproofError(`process ${owner.pid} still runs this cell and does not end`, exitCode.preflight, {
      remedy: 'wait for it or stop it, then try again',
      cause,
    });
  });
}
