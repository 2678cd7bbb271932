import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomically } from '../../kernel/files.js';

/** One mesh to prove: a topology with versions, an installer and an environment. What is missing is the environment's own. */
export const axesSchema = z.object({
  topology: z.string().describe('its name'),
  istio: z.string().optional(),
  kubernetes: z.string().optional(),
  installer: z.string().optional(),
  environment: z.string().optional(),
});
export type Axes = z.infer<typeof axesSchema>;

export const plannedCellSchema = z.object({
  id: z.string().describe('its folder below cells/'),
  index: z.number().int().nonnegative().describe('its place in the plan'),
  axes: axesSchema,
  args: z.array(z.string()).describe('what `meshproof run` is given'),
  digest: z.string().describe('of its inputs: a cell with another digest is another cell'),
  allowFailure: z.string().optional().describe('why its failure makes no matrix red'),
  expectedMs: z.number().nonnegative().describe('as long as it took last, or by the number of its clusters'),
});
export type PlannedCell = z.infer<typeof plannedCellSchema>;

/** `plan.json`: written before the first cell is run, so that a cell without a result is seen. */
export const matrixPlanSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string().describe('the stem of the file'),
  file: z.string(),
  night: z.string(),
  createdAt: z.iso.datetime(),
  attempts: z.number().int().positive().describe('how often a cell is tried whose mesh could not be built'),
  cells: z.array(plannedCellSchema),
});
export type MatrixPlan = z.infer<typeof matrixPlanSchema>;

const planFile = 'plan.json';

export async function writePlan(folder: string, plan: MatrixPlan): Promise<void> {
  await writeAtomically(path.join(folder, planFile), `${JSON.stringify(plan, undefined, 2)}\n`);
}

/** Reads the plan of a night. Throws (exit 2) where there is none. */
export async function readPlan(folder: string): Promise<MatrixPlan> {
  const file = path.join(folder, planFile);
  try {
    return matrixPlanSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new MeshproofError(`cannot read the plan of the matrix: ${why}`, exitCode.usage, {
      where: file,
      expected: `the folder of one night, with a ${planFile} in it`,
      remedy: 'create it: meshproof matrix FILE',
      cause: error,
    });
  }
}

/** Names of folders beside a night that have a plan, the oldest first. */
export function nightsOf(root: string): string[] {
  const names = existsSync(root) ? readdirSync(root) : [];
  return names.filter((name) => existsSync(path.join(root, name, planFile))).sort();
}

export function cellFolder(folder: string, id: string): string {
  return path.join(folder, 'cells', id);
}
