import { formatDuration } from '../record/files.js';
import { lastRuns } from '../record/history.js';
import { exitCode, type ExitCode } from '../topology/errors.js';
import { columns } from '../topology/table.js';
import { readCatalogue } from './catalogue.js';
import type { GlobalOptions } from './context.js';
import { print } from './inspect.js';
import { reportsFolder } from './report.js';

/** `meshproof behaviours`: every behaviour, what it applies to, and how long it took last. */
export async function behavioursCommand(options: GlobalOptions): Promise<ExitCode> {
  const catalogue = await readCatalogue();
  const last = await lastRuns(
    reportsFolder(),
    catalogue.map(({ id }) => id),
  );
  const rows = catalogue.map((entry) => ({ ...entry, last: last.get(entry.id) }));
  const lines = rows.map(({ id, title, requires, tags, last }) => [
    id,
    last ? formatDuration(last.durationMs) : '-',
    requires.join(', ') || 'all',
    tags.map((tag) => `@${tag}`).join(' '),
    title,
  ]);
  print(options, rows, columns([['id', 'last', 'applies to', 'tags', 'title'], ...lines]).join('\n'));
  return exitCode.passed;
}
