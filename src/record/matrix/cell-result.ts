import { exitCode, type ExitCode } from '../../kernel/errors.js';
import { readCell, type Attempt, type Cause, type Outcome } from './cell-record.js';
import { cellFolder, type MatrixPlan, type PlannedCell } from './matrix-plan.js';

/** A cell of the plan with what became of it. */
export interface CellResult {
  cell: PlannedCell;
  /** `missing`: it has no result of these inputs. */
  outcome: Outcome | 'missing';
  cause?: Cause;
  /** The attempt that decides; undefined where there is none. */
  last?: Attempt;
  attempts: readonly Attempt[];
  durationMs?: number;
}

/** The result of every cell of a plan, from any machine. */
export function readResults(folder: string, plan: MatrixPlan): Promise<CellResult[]> {
  return Promise.all(plan.cells.map((cell) => readResult(folder, cell)));
}

async function readResult(folder: string, cell: PlannedCell): Promise<CellResult> {
  const found = await readCell(cellFolder(folder, cell.id));
  const attempts = found?.attempts ?? [];
  const last = attempts.at(-1);
  const missing = (says: string): CellResult => ({ cell, outcome: 'missing', cause: { says }, attempts });
  if (!found || !last) return missing('it has no result');
  if (last.digest !== cell.digest) return missing('its inputs have changed since its run');
  if (found.state === 'started' || last.outcome === undefined || last.outcome === 'interrupted')
    return missing(`it was begun at ${last.startedAt.slice(0, 16).replace('T', ' ')} and has not ended`);
  const durationMs = last.endedAt && Date.parse(last.endedAt) - Date.parse(last.startedAt);
  return { cell, outcome: last.outcome, cause: last.cause, last, attempts, durationMs: durationMs || undefined };
}

/** Whether a cell makes the matrix red. One without a result always does: it was not even allowed to fail. */
export function isRed({ outcome, cell }: Pick<CellResult, 'outcome' | 'cell'>): boolean {
  if (outcome === 'passed' || outcome === 'flaky') return false;
  return outcome === 'missing' || cell.allowFailure === undefined;
}

/** What a matrix ends with: 1 for a mesh that is wrong, then 6, then 2, then 4 for what is not known. */
export function exitCodeOfMatrix(results: readonly Pick<CellResult, 'outcome' | 'cell'>[]): ExitCode {
  const red = results.filter(isRed).map(({ outcome }) => outcome);
  if (red.includes('failed')) return exitCode.failed;
  if (red.includes('refused')) return exitCode.gate;
  if (red.includes('wrong-usage')) return exitCode.usage;
  return red.length > 0 || results.length === 0 ? exitCode.environment : exitCode.passed;
}

/** A cell in few words: `failed F-NO-COMMON-ROOT`, `passed`, `not-built (allowed)`. */
export function resultWords({ outcome, cause, cell }: Pick<CellResult, 'outcome' | 'cause' | 'cell'>): string {
  const allowed =
    cell.allowFailure !== undefined && !isRed({ outcome, cell }) && outcome !== 'passed' && outcome !== 'flaky';
  return [outcome, cause?.finding, allowed && '(allowed)'].filter(Boolean).join(' ');
}
