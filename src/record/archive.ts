import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { allureFile, allureResults, writeAllure } from './allure.js';
import { junitFile, writeJunit } from './junit.js';
import { writePage } from './page.js';
import { scanForSecrets, type Leak } from './secret-scan.js';
import { playwrightFolder, recordFile, writeRecord } from './store.js';
import { summaryFile, writeSummary } from './summary.js';
import { timingsFile, writeTimings } from './timings.js';
import type { RunRecord } from './types.js';

export interface ArchiveOptions {
  /** Told of a view that could not be made; the run's result does not depend on it. */
  warn(message: string): void;
}

/**
 * Completes a run folder: the record, its views, then the scan for secrets over every file. Throws MeshproofError (exit
 * code 6) when there is a secret in it, see `refuseSecrets`.
 */
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
  await refuseSecrets(dir);
}

/**
 * Looks for secrets in a report. Where there is one, the folder is moved from `reports/` to `refused/` beside it, which nobody
 * uploads or passes on, and in which where it came from can be found; then throws (exit 6).
 */
export async function refuseSecrets(dir: string): Promise<void> {
  const leaks = await scanForSecrets(dir);
  if (leaks.length === 0) return;
  let refused = join(dirname(dirname(dir)), 'refused', basename(dir));
  try {
    await mkdir(dirname(refused), { recursive: true });
    await rename(dir, refused);
  } catch {
    // a file system of its own, for one; what matters most is that it is told
    refused = dir;
  }
  throw new MeshproofError(`secrets in the report: ${describeLeaks(leaks)}`, exitCode.gate, {
    where: refused,
    expected: 'no private key, token or other secret in any file of a report',
    remedy: 'do not share this folder; delete it after finding what wrote the secret',
  });
}

/** The first of them in a line; a report that is one big leak would fill a screen. */
function describeLeaks(leaks: readonly Leak[]): string {
  const shown = leaks.slice(0, 10).map(({ path, what }) => `${what} in ${path}`);
  return [...shown, ...(leaks.length > shown.length ? [`and ${leaks.length - shown.length} more`] : [])].join('; ');
}
