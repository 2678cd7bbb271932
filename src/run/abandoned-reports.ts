import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ownerState, type Owner } from './lease.js';

/** Reports that are being made lie beside the folder of reports, `reports/`, in one that only their owner may enter. */
export const privateFolder = (root: string): string => join(dirname(root), `.partial-${basename(root)}`);

/** Names of the unfinished reports of processes that are gone. Ignores entries that are not named like a report. */
export function abandonedReports(root: string): string[] {
  const folder = privateFolder(root);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const ids = new Set(names.map((name) => name.replace(/\.json$/, '')).filter((id) => reportId.test(id)));
  return [...ids].filter((id) => isAbandoned(join(folder, id))).sort();
}

/** A run's id, and for a mesh that was up already the time. */
const reportId = /^[a-z][a-z0-9]{9}(-\d{8}T\d{6})?$/;

/** Removes what processes that are gone have left of reports that they were making; returns the names of those reports. */
export function removeAbandonedReports(root: string): string[] {
  const folder = privateFolder(root);
  const abandoned = abandonedReports(root);
  for (const id of abandoned) {
    removeFolder(join(folder, id));
    rmSync(join(folder, `${id}.json`), { force: true });
  }
  removeEmpty(folder);
  return abandoned;
}

/** Milliseconds after which a process of another host or container is taken for gone, when it has not renewed its file. */
const longest = 24 * 3600 * 1000;

/** Milliseconds since a file or folder was changed; undefined where there is none. */
function ageOf(file: string): number | undefined {
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return changed === undefined ? undefined : Date.now() - changed;
}

/** A process writes the owner's file before it makes the folder, and removes the folder before the file. */
function isAbandoned(folder: string): boolean {
  const ownerFile = `${folder}.json`;
  const age = ageOf(ownerFile);
  if (age === undefined) return (ageOf(folder) ?? 0) > longest;
  try {
    const state = ownerState(JSON.parse(readFileSync(ownerFile, 'utf8')) as Owner);
    return state === 'gone' || (state === 'unknown' && age > longest);
  } catch {
    // it is just being written
    return age > 60_000;
  }
}

/** Removes a folder, or leaves it where children that outlive this process still write into it. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // the next run removes it
  }
}

/** Removes a folder where nothing is in it. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // another process makes a report
  }
}
