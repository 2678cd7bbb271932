import { reportsFolder } from '../engine/report-paths.js';
import { listReports, type Report } from '../engine/reports.js';
import { removeOldReports } from '../engine/retention.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

export interface RunsFlags {
  keepNewest?: number;
  /** Milliseconds. */
  olderThan?: number;
  dryRun?: boolean;
}

/** `meshproof runs`: the reports, the newest first; with `--keep-newest` or `--older-than` the removal of old ones. */
export async function runsCommand(flags: RunsFlags, options: GlobalOptions): Promise<ExitCode> {
  const { keepNewest: keep, olderThan, dryRun = false } = flags;
  const root = reportsFolder();
  if (keep === undefined && olderThan === undefined) {
    if (dryRun)
      throw new MeshproofError('--dry-run has nothing to remove', exitCode.usage, {
        remedy: 'name the reports to remove: --keep-newest 10, --older-than 30d, or both',
      });
    const reports = listReports(root);
    print(options, reports, reports.length > 0 ? table(reports) : 'no reports');
    return exitCode.passed;
  }
  const removal = await removeOldReports(root, { keep, olderThan }, { dryRun });
  const verb = dryRun ? 'would remove' : 'removed';
  const lines = [
    ...removal.removed.map(({ id, startedAt }) => `${verb} ${id}, of ${day(startedAt)}`),
    ...removal.left.map(
      ({ id, kind }) => `left ${id}: ${kind === 'unreadable' ? 'cannot read its record' : 'it was renamed'}`,
    ),
  ];
  print(options, removal, lines.length > 0 ? lines.join('\n') : 'nothing to remove');
  return exitCode.passed;
}

function table(reports: readonly Report[]): string {
  const rows = reports.map(({ id, startedAt, verdict, topologies, sentence }) => [
    id,
    startedAt.slice(0, 16).replace('T', ' '),
    verdict,
    topologies.length > 1 ? `${topologies.length} topologies` : (topologies[0] ?? '-'),
    // one line each, whatever a record says
    sentence.split('\n')[0]!.slice(0, 120),
  ]);
  return columns([['run', 'started (UTC)', 'verdict', 'topology', 'summary'], ...rows]).join('\n');
}

function day(time: string): string {
  return time.slice(0, 10);
}
