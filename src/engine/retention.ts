import { removeReport } from '../run/remove-report.js';
import { listReports, type Report } from './reports.js';

/** Which reports go; with both, those that are old and not among the newest. */
export interface Retention {
  /** This many of the newest stay. */
  keep?: number;
  /** Milliseconds; what is younger stays. */
  olderThan?: number;
}

/** What a removal came to. */
export interface Removal {
  removed: Report[];
  /** Would have gone, but are not certainly ours: renamed, or with a record that cannot be read. */
  left: Report[];
}

/** Removes old reports below a folder, or with `dryRun` only says which. */
export async function removeOldReports(
  root: string,
  { keep = 0, olderThan = 0 }: Retention,
  { dryRun = false } = {},
): Promise<Removal> {
  const before = Date.now() - olderThan;
  const old = listReports(root)
    .slice(keep)
    .filter(({ startedAt }) => Date.parse(startedAt) <= before);
  const removed = old.filter(({ named, kind }) => named && kind !== 'unreadable');
  if (!dryRun) for (const { id } of removed) await removeReport(root, id);
  return { removed, left: old.filter((report) => !removed.includes(report)) };
}
