import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomically } from '../../kernel/files.js';
import { causeSchema, outcomes } from './cell-record.js';
import type { CellResult } from './cell-result.js';
import { isRed } from './cell-result.js';
import type { MatrixPlan } from './matrix-plan.js';

/** A line of `trend.jsonl`: one night. */
export const nightSchema = z.object({
  night: z.string(),
  createdAt: z.iso.datetime(),
  meshproof: z.string().optional(),
  red: z.number().int().nonnegative(),
  cells: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum([...outcomes, 'missing']),
      red: z.boolean(),
      cause: causeSchema.optional(),
      attempts: z.number().int().nonnegative(),
      durationMs: z.number().nonnegative().optional(),
    }),
  ),
});
export type Night = z.infer<typeof nightSchema>;

/** Beside the folders of the nights. */
export const trendFile = (root: string): string => path.join(root, 'trend.jsonl');

/** Every night, the oldest first. Throws (exit 4) for a line that cannot be read. */
export async function readTrend(root: string): Promise<Night[]> {
  const file = trendFile(root);
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line, i) => {
    try {
      return nightSchema.parse(JSON.parse(line));
    } catch (error) {
      throw new MeshproofError('this line is not a night of the trend', exitCode.environment, {
        where: `${file}:${i + 1}`,
        expected: 'the line as written by `meshproof matrix` or `merge`',
        remedy: 'delete the line, then merge the folder of its night again',
        cause: error,
      });
    }
  });
}

/** Adds a night, or puts it in the place of its line from before. */
export async function writeNight(root: string, night: Night): Promise<Night[]> {
  const others = (await readTrend(root)).filter((one) => one.night !== night.night);
  const all = [...others, night].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  await writeAtomically(trendFile(root), all.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return all;
}

export function nightOf(plan: MatrixPlan, results: readonly CellResult[], meshproof: string | undefined): Night {
  const cells = results.map((result) => ({
    id: result.cell.id,
    outcome: result.outcome,
    red: isRed(result),
    cause: result.cause,
    attempts: result.attempts.length,
    durationMs: result.durationMs,
  }));
  const red = cells.filter((cell) => cell.red).length;
  return { night: plan.night, createdAt: plan.createdAt, meshproof, red, cells };
}
