import { formatDuration } from '../kernel/text.js';
import { lastRuns } from '../record/last-runs.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { features, firstMissing } from '../topology/features.js';
import { columns } from '../kernel/text-table.js';
import { readCatalogue } from '../engine/behaviour-catalogue.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import { reportsFolder } from '../engine/report-paths.js';
import { readTopologies } from '../topology/read-topologies.js';

/** `meshproof behaviours`: every behaviour, what it applies to, why not to a topology that is named, and how long it took last. */
export async function behavioursCommand(name: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const [topology] = name === undefined ? [] : readTopologies([name]);
  const catalogue = await readCatalogue();
  const last = await lastRuns(
    reportsFolder(),
    catalogue.map(({ id }) => id),
  );
  const rows = catalogue.map((entry) => ({
    ...entry,
    last: last.get(entry.id),
    notApplicable: topology && firstMissing(entry.requires, features(topology)),
  }));
  const lines = rows.map(({ id, title, requires, tags, last, notApplicable }) => [
    id,
    last ? formatDuration(last.durationMs) : '-',
    notApplicable ?? (requires.join(', ') || 'all'),
    tags.map((tag) => `@${tag}`).join(' '),
    title,
  ]);
  print(options, rows, columns([['id', 'last', 'applies to', 'tags', 'title'], ...lines]).join('\n'));
  return exitCode.passed;
}
