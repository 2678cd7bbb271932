import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { writeAtomically } from '../kernel/files.js';
import { behaviourSchema, recordSchema, schemaVersion, type Behaviour, type RunRecord } from './result.js';

export const recordFile = 'result.json';

/** Playwright's own words, report and traces, in a folder for each topology. */
export const playwrightFolder = 'playwright';

/** Writes result.json, whole and valid, or throws. */
export async function writeRecord(dir: string, record: RunRecord): Promise<void> {
  const checked = recordSchema.safeParse(record);
  // a record that its own schema refuses is a fault of this program, not of the user's files
  if (!checked.success) throw new Error(`the record of this run is not valid: ${z.prettifyError(checked.error)}`);
  await writeAtomically(join(dir, recordFile), `${JSON.stringify(checked.data, undefined, 2)}\n`);
}

/** Reads and checks result.json of a run folder. Throws MeshproofError (exit code 2) when there is none that can be read. */
export function readRecord(dir: string): Promise<RunRecord> {
  return readRecordFile(join(dir, recordFile));
}

/** The same by the path of the file. */
export async function readRecordFile(path: string): Promise<RunRecord> {
  const fail = (message: string, cause: unknown) =>
    new MeshproofError(message, exitCode.usage, {
      where: path,
      expected: `the record of a run, schema version ${schemaVersion}`,
      remedy: 'name a folder below reports/',
      cause,
    });
  let data: unknown;
  try {
    data = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw fail(error instanceof SyntaxError ? 'is not JSON' : 'cannot be read', error);
  }
  const checked = recordSchema.safeParse(data);
  if (!checked.success) throw fail(`is not a record: ${z.prettifyError(checked.error)}`, checked.error);
  return checked.data;
}

/** Where the reporter keeps what is known so far about a topology. */
export function behavioursFile(dir: string, topology: string): string {
  return join(dir, `behaviours-${topology}.json`);
}

/** The behaviours of a topology as far as they got; empty when the first was not finished. Exit 4 when the file is damaged. */
export async function readBehaviours(dir: string, topology: string): Promise<Behaviour[]> {
  const path = behavioursFile(dir, topology);
  try {
    return z.array(behaviourSchema).parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new MeshproofError(`the verdicts of the behaviours cannot be read: ${reason}`, exitCode.environment, {
      where: path,
      expected: 'the file as the run has written it',
      remedy: 'check that the disk is not full, and test the topology again',
      cause: error,
    });
  }
}
