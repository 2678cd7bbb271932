import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord, recordFile } from './result-files.js';
import type { Behaviour, RunRecord } from './result.js';

/** The records below a folder of reports, newest first; what is no record, or one of another version, is passed over. */
export async function* newestRecords(root: string): AsyncGenerator<RunRecord> {
  const files = (existsSync(root) ? readdirSync(root) : [])
    .map((folder) => ({ folder: join(root, folder), file: join(root, folder, recordFile) }))
    .filter(({ file }) => existsSync(file))
    .map(({ folder, file }) => ({ folder, time: statSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { folder } of files) {
    const record = await readRecord(folder).catch(() => undefined);
    if (record) yield record;
  }
}

/** Ids of the behaviours that failed, or could not be told, in the newest record, whatever the topology. */
export async function lastFailed(root: string): Promise<string[]> {
  for await (const record of newestRecords(root)) {
    const failed = behavioursOf(record).filter(({ verdict }) => verdict === 'failed' || verdict === 'undetermined');
    return [...new Set(failed.map(({ id }) => id))];
  }
  return [];
}

/** How long a behaviour took, where it was last proven. */
export interface LastRun {
  /** Milliseconds; of several topologies in one run the longest. */
  durationMs: number;
  verdict: Behaviour['verdict'];
  runId: string;
}

/** For each of the ids the newest record that has tried it; ids that none has are left out. */
export async function lastRuns(root: string, ids: readonly string[]): Promise<Map<string, LastRun>> {
  const found = new Map<string, LastRun>();
  for await (const record of newestRecords(root)) {
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) break;
    const tried = behavioursOf(record).filter(({ verdict }) => verdict !== 'not-applicable' && verdict !== 'skipped');
    for (const id of missing) {
      const [longest] = tried.filter((one) => one.id === id).sort((a, b) => b.durationMs - a.durationMs);
      if (longest) found.set(id, { durationMs: longest.durationMs, verdict: longest.verdict, runId: record.run.id });
    }
  }
  return found;
}

function behavioursOf(record: RunRecord): Behaviour[] {
  return record.topologies.flatMap(({ behaviours }) => behaviours);
}
