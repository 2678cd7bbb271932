import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeAtomicallySync } from '../kernel/files.js';
import { runFolder } from './run-folders.js';

const changeSchema = z.object({
  /** `fault istiod-down`, `behaviour CP-6` */
  by: z.string(),
  /** `cluster2: istio-system/deployment/istiod has 0 replicas` */
  what: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

/** A change to a mesh that has not been taken back. */
export type OpenChange = z.infer<typeof changeSchema>;

const folderOf = (runId: string): string => path.join(runFolder(runId), 'open-changes');

/**
 * Notes in the run's folder that a mesh is about to be changed; returns what takes the note back when the change is undone. A
 * process that is killed in between leaves it, and so does a change that cannot be undone.
 */
export function noteChange(runId: string, by: string, what: string): () => void {
  const folder = folderOf(runId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${Date.now()}-${process.pid}-${randomBytes(4).toString('hex')}.json`);
  const change: OpenChange = { by, what, at: new Date().toISOString() };
  writeAtomicallySync(file, `${JSON.stringify(change)}\n`, 0o600);
  return () => rmSync(file, { force: true });
}

/** Changes to the mesh of a run that nobody has taken back, the oldest first. While a process works on the run, that is not wrong. */
export function openChanges(runId: string): OpenChange[] {
  const folder = folderOf(runId);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => readChange(path.join(folder, name)) ?? []);
}

/** Takes back every note of somebody's: what was left half-way has been done, or undone, by another process. */
export function forgetChanges(runId: string, by: string): void {
  const folder = folderOf(runId);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
    const file = path.join(folder, name);
    if (readChange(file)?.by === by) rmSync(file, { force: true });
  }
}

function readChange(file: string): OpenChange | undefined {
  try {
    return changeSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { by: 'somebody', what: `a change that ${file} no longer describes`, at: '' };
  }
}
