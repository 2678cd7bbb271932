import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manifestsFolder } from './run-folders.js';

/** Keeps what a cluster is given in the run's folder, for the report; returns the file. */
export function keepManifest({ runId }: { runId: string }, cluster: string, part: string, text: string): string {
  const folder = manifestsFolder(runId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${cluster}-${part}.yaml`);
  writeFileSync(file, text);
  return file;
}
