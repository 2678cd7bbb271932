import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runFolder } from '../../src/run/run-folders.js';

/** The newest lease file of a run. */
export function newestLease(runId: string): string {
  const terms = readdirSync(runFolder(runId)).flatMap((name) => /^lease(?:-(\d+))?\.json$/.exec(name)?.[1] ?? []);
  const last = Math.max(0, ...terms.map(Number));
  return path.join(runFolder(runId), last === 0 ? 'lease.json' : `lease-${last}.json`);
}
