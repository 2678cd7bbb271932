import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshproofError } from '../kernel/errors.js';
import { playwrightFolder, recordFile, writeRecord } from './result-files.js';
import type { RunRecord } from './result.js';
import type { Link } from './view.js';
import { views } from './views.gen.js';

export interface ArchiveOptions {
  /** Told of a view that could not be made; the run's result does not depend on it. */
  warn(message: string): void;
}

/** Completes a report: the record and its views. */
export async function archive(dir: string, record: RunRecord, options: ArchiveOptions): Promise<void> {
  await writeRecord(dir, record);
  const write = async ({ write, title, optional }: (typeof views)[number], links: readonly Link[]): Promise<void> => {
    try {
      await write(dir, record, links);
    } catch (error) {
      if (!optional) throw error;
      options.warn(`no ${title} report: ${error instanceof MeshproofError ? error.describe() : String(error)}`);
    }
  };
  for (const view of views) if (!view.last && (view.when?.(dir) ?? true)) await write(view, []);
  // what was known so far is in the record now
  for (const name of await readdir(dir)) if (/^behaviours-.*\.json$/.test(name)) await rm(join(dir, name));
  const links = () =>
    [
      { path: recordFile, title: 'Record (JSON)' },
      ...views.filter(({ file }) => file !== 'index.html').map(({ file, title }) => ({ path: file, title })),
      ...record.topologies.map(({ name }) => ({
        path: `${playwrightFolder}/${name}/report/index.html`,
        title: record.topologies.length > 1 ? `Playwright, ${name}` : 'Playwright',
      })),
    ].filter(({ path }) => existsSync(join(dir, path)));
  for (const view of views) if (view.last) await write(view, links());
}
