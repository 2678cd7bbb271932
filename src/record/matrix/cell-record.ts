import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { writeAtomically } from '../../kernel/files.js';
import { headlineOf } from '../headline.js';
import type { RunRecord } from '../result.js';

/**
 * What became of a cell. `not-built`: the mesh could not be built, or the machine lacked something; `no-report`: the process ended
 * without a report; `refused`: there is a secret in the report; `wrong-usage`: its inputs cannot be used.
 */
export const outcomes = [
  'passed',
  'flaky',
  'failed',
  'undetermined',
  'refused',
  'wrong-usage',
  'not-built',
  'no-report',
  'interrupted',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Outcomes that say nothing about the mesh: the machine is tried again. */
const infrastructure: readonly Outcome[] = ['not-built', 'no-report', 'interrupted'];

export const causeSchema = z.object({
  finding: z.string().optional().describe('its id, such as F-NO-COMMON-ROOT'),
  says: z.string().describe('one sentence'),
});
export type Cause = z.infer<typeof causeSchema>;

/** A cause as one line: the finding comes first where the sentence does not name it. */
export function causeLine({ finding, says }: Cause): string {
  return finding && !says.includes(finding) ? `${finding}: ${says}` : says;
}

/** A process, as leases name it. */
const ownerSchema = z.object({
  pid: z.int().positive(),
  processStart: z.string(),
  host: z.string(),
  boot: z.string().optional(),
  pidNamespace: z.string().optional(),
});

export const attemptSchema = z.object({
  number: z.number().int().positive(),
  digest: z.string().describe('of its inputs'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  matrix: ownerSchema.optional().describe('the `meshproof matrix` that waits for it'),
  process: ownerSchema.optional().describe('the `meshproof run` that proves it'),
  exitCode: z.number().int().optional().describe('missing for a process that was killed'),
  outcome: z.enum(outcomes).optional(),
  cause: causeSchema.optional(),
  run: z.string().optional(),
  report: z.string().optional().describe('relative to the folder of the cell'),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** `cell.json`: every attempt stays, also of inputs that have changed since. */
export const cellRecordSchema = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  state: z.enum(['started', 'done']),
  digest: z.string().describe('of the inputs of the last attempt'),
  attempts: z.array(attemptSchema).min(1),
});
export type CellRecord = z.infer<typeof cellRecordSchema>;

const cellFile = 'cell.json';

export async function writeCell(folder: string, cell: CellRecord): Promise<void> {
  await writeAtomically(path.join(folder, cellFile), `${JSON.stringify(cell, undefined, 2)}\n`);
}

/** Undefined where the cell was never begun. Throws (exit 4) where its file is damaged. */
export async function readCell(folder: string): Promise<CellRecord | undefined> {
  const file = path.join(folder, cellFile);
  try {
    return cellRecordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new MeshproofError(`cannot read the state of a cell: ${why}`, exitCode.environment, {
      where: file,
      expected: 'the file as written by `meshproof matrix`',
      remedy: 'delete the folder of the cell, and run the matrix again',
      cause: error,
    });
  }
}

/** What an attempt means, by the exit code of its process and the record that it has left. */
export function outcomeOfAttempt(code: number | undefined, record: RunRecord | undefined): Outcome {
  switch (code) {
    case exitCode.passed:
      return 'passed';
    case exitCode.failed:
      return 'failed';
    case exitCode.usage:
      return 'wrong-usage';
    case exitCode.preflight:
      return 'not-built';
    case exitCode.flaky:
      return 'flaky';
    case exitCode.gate:
      return 'refused';
    case exitCode.interrupted:
      return 'interrupted';
    case exitCode.environment:
      if (!record) return 'no-report';
      // a run whose time was over would take as long again
      return record.run.ended === undefined && record.topologies.some(({ problem }) => problem)
        ? 'not-built'
        : 'undetermined';
    default:
      return 'no-report';
  }
}

/** Whether another attempt may be made: a verdict is never tried again. */
export function isInfrastructure(outcome: Outcome): boolean {
  return infrastructure.includes(outcome);
}

/** Why an attempt is not green; undefined where it is. */
export function causeOfAttempt(outcome: Outcome, record: RunRecord | undefined, said: string): Cause | undefined {
  if (outcome === 'passed' || outcome === 'flaky') return undefined;
  if (outcome === 'interrupted') return { says: 'it was interrupted' };
  if (!record) return { says: said || 'the process ended without a result' };
  const finding = record.topologies.flatMap(({ findings = [] }) => findings)[0]?.check;
  return { finding: outcome === 'failed' ? finding : undefined, says: headlineOf(record).sentence };
}
