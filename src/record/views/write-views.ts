import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshproofError } from '../../kernel/errors.js';
import { allureFile, allureResults, writeAllure } from './allure-view.js';
import { junitFile, writeJunit } from './junit-view.js';
import { writePage } from './html-page.js';
import { playwrightFolder, recordFile, writeRecord } from '../result-files.js';
import { summaryFile, writeSummary } from './text-summary.js';
import { timingsFile, writeTimings } from './timings-view.js';
import type { RunRecord } from '../result.js';

export interface ArchiveOptions {
  /** Told of a view that could not be made; the run's result does not depend on it. */
  warn(message: string): void;
}

/** Completes a report: the record and its views. */
export async function archive(dir: string, record: RunRecord, options: ArchiveOptions): Promise<void> {
  await writeRecord(dir, record);
  await writeSummary(dir, record);
  await writeJunit(dir, record);
  await writeTimings(dir, record);
  if (existsSync(join(dir, allureResults))) {
    try {
      await writeAllure(dir, record);
    } catch (error) {
      options.warn(`no Allure report: ${error instanceof MeshproofError ? error.describe() : String(error)}`);
    }
  }
  // what was known so far is in the record now
  for (const name of await readdir(dir)) if (/^behaviours-.*\.json$/.test(name)) await rm(join(dir, name));
  const views = [
    { path: recordFile, title: 'Record (JSON)' },
    { path: summaryFile, title: 'Summary (text)' },
    { path: junitFile, title: 'JUnit' },
    { path: timingsFile, title: 'Timings (SVG)' },
    { path: allureFile, title: 'Allure' },
    ...record.topologies.map(({ name }) => ({
      path: `${playwrightFolder}/${name}/report/index.html`,
      title: record.topologies.length > 1 ? `Playwright, ${name}` : 'Playwright',
    })),
  ];
  await writePage(dir, record, { links: views.filter(({ path }) => existsSync(join(dir, path))) });
}
