import { findAllRecords } from '../engine/find-records.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { compareRecords } from '../record/comparison/compare-records.js';
import type { Comparison } from '../record/comparison/comparison.js';
import { comparisonText } from '../record/comparison/comparison-text.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

const codes: Record<Comparison['verdict'], ExitCode> = {
  'nothing-worse': exitCode.passed,
  worse: exitCode.gate,
  'cannot-tell': exitCode.environment,
};

/** `meshproof compare`: two sides of records. Exit 0 where nothing is worse, 6 where something is, 4 where it cannot be told. */
export async function compareCommand(before: string, after: string, options: GlobalOptions): Promise<ExitCode> {
  const [was, is] = await Promise.all([before, after].map((side) => findAllRecords(side.split(','))));
  const both = was!.find(({ path }) => is!.some((other) => other.path === path));
  if (both)
    throw new MeshproofError(`${both.path} is on both sides of the comparison`, exitCode.usage, {
      expected: 'records of different runs',
    });
  const comparison = compareRecords(was!, is!);
  print(options, comparison, comparisonText(comparison));
  return codes[comparison.verdict];
}
