import path from 'node:path';
import pLimit from 'p-limit';
import { interruption } from '../../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { nearest } from '../../kernel/nearest-word.js';
import { asShown } from '../../kernel/project-files.js';
import { writePlan, type MatrixPlan, type PlannedCell } from '../../record/matrix/matrix-plan.js';
import { readTrend } from '../../record/matrix/matrix-trend.js';
import type { Progress } from '../progress.js';
import { ownVersion } from '../../kernel/own-version.js';
import { lanesThatFit } from '../share-lanes.js';
import { planCells, stem, type PlannedMatrix } from './plan-cells.js';
import { runCell } from './run-cell.js';

/** What a matrix is asked for. */
export interface MatrixFlags {
  /** Folder of all nights; default `matrix/<stem of the file>`. */
  folder?: string;
  /** Name of the night; default today's date in UTC. */
  night?: string;
  /** Only this cell: its id, or its number in the plan. */
  cell?: string;
  parallel?: number;
  /** How often a cell is tried whose mesh could not be built; default: what the file says. */
  attempts?: number;
}

/** A matrix that is planned, with its place. */
export interface OpenMatrix {
  /** The folder of the night. */
  folder: string;
  plan: MatrixPlan;
  matrix: PlannedMatrix;
}

/** Plans a matrix and writes the plan into the folder of its night. `common` are options for every cell. */
export async function openMatrix(file: string, flags: MatrixFlags, common: readonly string[]): Promise<OpenMatrix> {
  const { version, commit } = await ownVersion();
  const root = path.resolve(flags.folder ?? path.join('matrix', stem(file)));
  const night = flags.night ?? new Date().toISOString().slice(0, 10);
  if (!/^[\w][\w.-]*$/.test(night))
    throw new MeshproofError(`${night} is not a valid folder name`, exitCode.usage, {
      where: '--night',
      expected: 'letters, digits, dots, dashes and underscores',
    });
  const lastMs = new Map<string, number>();
  for (const { cells } of await readTrend(root))
    for (const { id, durationMs } of cells) if (durationMs !== undefined) lastMs.set(id, durationMs);
  const matrix = planCells(file, { commit: `${version} ${commit}`, lastMs, common });
  const folder = path.join(root, night);
  const plan: MatrixPlan = {
    schemaVersion: 1,
    name: matrix.name,
    file: asShown(path.resolve(file)),
    night,
    createdAt: new Date().toISOString(),
    attempts: flags.attempts ?? matrix.attempts,
    cells: matrix.cells,
  };
  await writePlan(folder, plan);
  return { folder, plan, matrix };
}

/** Proves the cells that have no result yet, those that take longest first. After an interrupt the rest is left for the next time. */
export async function runMatrix(
  { folder, plan, matrix }: OpenMatrix,
  flags: MatrixFlags,
  progress: Progress,
): Promise<void> {
  const cells = flags.cell === undefined ? plan.cells : [cellNamed(plan, flags.cell)];
  const wanted = flags.parallel ?? matrix.parallel;
  const limit = pLimit(cells.length === 1 ? 1 : lanesThatFit(matrix.topologies, wanted, progress));
  progress.note(`matrix ${plan.name}, ${plan.night}: ${cells.length} cells; plan in ${asShown(folder)}`);
  const longestFirst = [...cells].sort((a, b) => b.expectedMs - a.expectedMs || a.index - b.index);
  const prove = async (cell: PlannedCell): Promise<void> => {
    if (!interruption.signal.aborted) await runCell(folder, cell, plan.attempts, progress);
  };
  const ended = await Promise.allSettled(longestFirst.map((cell) => limit(() => prove(cell))));
  if (interruption.signal.aborted) throw interruption.signal.reason;
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A cell by its id, or by its number: a Job knows an index. */
export function cellNamed({ cells }: MatrixPlan, word: string): PlannedCell {
  const found = cells.find(({ id, index }) => id === word || String(index) === word);
  if (found) return found;
  const suggestion = nearest(
    word,
    cells.map(({ id }) => id),
  );
  throw new MeshproofError(`no cell is called ${word}`, exitCode.usage, {
    where: '--cell',
    expected: `a number up to ${cells.length - 1}, or one of ${cells.map(({ id }) => id).join(', ')}`,
    remedy: suggestion ? `did you mean ${suggestion}?` : undefined,
  });
}
