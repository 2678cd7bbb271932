import path from 'node:path';
import { interruption } from '../../kernel/cancellation.js';
import { isInfrastructure, readCell, writeCell, type Attempt } from '../../record/matrix/cell-record.js';
import { cellFolder, type PlannedCell } from '../../record/matrix/matrix-plan.js';
import type { Progress } from '../progress.js';
import { proveCell, reportOf, resultOf } from './cell-process.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { ownerState, self } from '../../run/lease.js';
import { settleAttempt } from './left-attempt.js';

/** Proves a cell in the folder of an attempt. */
export type Prove = typeof proveCell;

/**
 * Proves a cell, unless it has a verdict of the same inputs. A verdict is never tried again; where the mesh could not be built, the cell
 * is tried up to `attempts` times, and every attempt stays. After an interrupt the cell has no result.
 */
export async function runCell(
  night: string,
  cell: PlannedCell,
  attempts: number,
  progress: Progress,
  prove: Prove = proveCell,
): Promise<void> {
  const folder = cellFolder(night, cell.id);
  const before = await readCell(folder);
  let all = before?.attempts ?? [];
  const last = all.at(-1);
  if (before?.state === 'started' && last) {
    const { matrix } = last;
    if (matrix && ownerState(matrix) === 'alive')
      throw new MeshproofError(`process ${matrix.pid} is running the cell ${cell.id}`, exitCode.preflight, {
        where: folder,
        remedy: 'wait for it to end, or stop it with Ctrl-C, then try again',
      });
    const settled = await settleAttempt(last, folder, progress);
    all = [...all.slice(0, -1), settled];
    await keep(all, 'done');
  }
  const ended = all.at(-1);
  if (ended?.digest === cell.digest && ended.outcome !== undefined && !isInfrastructure(ended.outcome)) {
    progress.note(`cell ${cell.id} is done already: ${ended.outcome}`);
    return;
  }
  // those of this invocation: what was tried before, in other circumstances, uses up none of them
  for (let tried = 1; !interruption.signal.aborted; tried++) {
    const attempt = await progress.step(`cell ${cell.id}${tried > 1 ? `, attempt ${tried}` : ''}`, {}, () => tryOnce());
    const { outcome, cause } = attempt;
    progress.note(`cell ${cell.id}: ${outcome}${cause ? `: ${cause.says}` : ''}`);
    if (!isInfrastructure(outcome!) || outcome === 'interrupted' || tried >= attempts) return;
  }

  async function tryOnce(): Promise<Attempt> {
    const number = (all.at(-1)?.number ?? 0) + 1;
    const place = path.join(folder, `attempt-${number}`);
    const begun: Attempt = { number, digest: cell.digest, startedAt: new Date().toISOString(), matrix: self() };
    all = [...all, begun];
    await keep(all, 'started');
    const end = await prove(place, cell.id, cell.args, (process) => {
      all = [...all.slice(0, -1), { ...begun, process }];
      return keep(all, 'started');
    });
    const endedAt = new Date().toISOString();
    const ended: Attempt = { ...all.at(-1)!, endedAt, ...resultOf(end, await reportOf(place), folder) };
    all = [...all.slice(0, -1), ended];
    await keep(all, 'done');
    return ended;
  }

  function keep(list: readonly Attempt[], state: 'started' | 'done'): Promise<void> {
    return writeCell(folder, {
      schemaVersion: 1,
      id: cell.id,
      state,
      digest: list.at(-1)!.digest,
      attempts: [...list],
    });
  }
}
