import { emitJobs, type System } from '../engine/matrix/emit-jobs.js';
import { mergeMatrix } from '../engine/matrix/merge-matrix.js';
import { cellNamed, openMatrix, runMatrix, type MatrixFlags } from '../engine/matrix/run-matrix.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { asShown } from '../kernel/project-files.js';
import { exitCodeOfMatrix, readResults, type CellResult } from '../record/matrix/cell-result.js';
import { matrixText } from '../record/matrix/matrix-text.js';
import type { Night } from '../record/matrix/matrix-trend.js';
import type { MatrixPlan } from '../record/matrix/matrix-plan.js';
import path from 'node:path';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** What `matrix` is asked. */
export interface MatrixCommandFlags extends MatrixFlags {
  plan?: boolean;
  emit?: System;
}

/** `meshproof matrix`: plans and proves the cells of a file, then merges them; or only plans, or prints jobs for another system. */
export async function matrixCommand(
  file: string,
  flags: MatrixCommandFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const open = await openMatrix(file, flags, commonOptions(options));
  const { plan, folder } = open;
  if (flags.emit) {
    process.stdout.write(emitJobs(flags.emit, open));
    return exitCode.passed;
  }
  if (flags.plan) {
    const lines = plan.cells.map(({ index, id, args }) => `${index}  ${id}: meshproof run ${args.join(' ')}`);
    print(options, plan, [`${plan.cells.length} cells in ${asShown(folder)}`, ...lines].join('\n'));
    return exitCode.passed;
  }
  await runMatrix(open, flags, progress);
  if (flags.cell !== undefined) {
    const cell = cellNamed(plan, flags.cell);
    const results = (await readResults(folder, plan)).filter((one) => one.cell.id === cell.id);
    return tell(plan, results, [], options, progress);
  }
  return mergeCommand(folder, options, progress);
}

/** `meshproof merge`: one report of the cells of a night, by its plan. */
export async function mergeCommand(
  folder: string,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const merged = await progress.step('merge', {}, () => mergeMatrix(path.resolve(folder), progress));
  const code = tell(merged.plan, merged.cells, merged.trend, options, progress);
  progress.note(`report: ${asShown(merged.folder)}`);
  return code;
}

function tell(
  plan: MatrixPlan,
  results: readonly CellResult[],
  trend: readonly Night[],
  options: GlobalOptions,
  progress: ProgressDisplay,
): ExitCode {
  progress.stop();
  const data = {
    plan,
    cells: results.map(({ cell, outcome, cause, attempts }) => ({ id: cell.id, outcome, cause, attempts })),
    trend,
  };
  print(options, data, matrixText(plan, results, trend));
  return exitCodeOfMatrix(results);
}

/** Options that are about where things come from, which every cell is given. */
function commonOptions({ environment, registry, mirror, images, config, yes, keep }: GlobalOptions): string[] {
  if (keep) throw new MeshproofError('--keep keeps one mesh, but a matrix creates several', exitCode.usage);
  const given = { environment, registry, mirror, images, config };
  return [
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(yes ? ['--yes'] : []),
  ];
}
