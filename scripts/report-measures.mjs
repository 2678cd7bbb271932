// Measures pages of reports in Chromium: their size, the time to open them, requests, accessibility by axe, and whether they fit
// screens of three widths, in light and dark and without script.
//   node scripts/report-measures.mjs [report folder...]      without one, and without --sample, the newest of reports/
//   --sample               the page of a record that has every section: failures, findings, changes, a matrix
//   --screenshots FOLDER   also writes a picture of each
//   --json                 writes the measures as JSON, for `npm test`
// Chromium is CHROMIUM, else chromium or google-chrome on PATH. Without one nothing is measured: it says so and ends with 0. Where
// CHROMIUM names one that is not there it ends with 1, so a machine that is meant to measure sets it.
import './own-node.mjs';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium, howToInstall } from './report-measures/find-chromium.mjs';
import { checksOf, measurePage } from './report-measures/measure-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'boolean' }, screenshots: { type: 'string' }, json: { type: 'boolean' } },
});
const temporary = mkdtempSync(path.join(tmpdir(), 'meshproof-pages-'));
try {
  await main();
} finally {
  rmSync(temporary, { recursive: true });
}

async function main() {
  const program = findChromium();
  if (!program) {
    const named = process.env.CHROMIUM;
    const skipped = `${named ? `CHROMIUM is ${named}, which is not a program` : 'there is no Chromium'}; ${howToInstall}`;
    console.log(values.json ? JSON.stringify({ skipped }) : `skipped: ${skipped}`);
    if (named) process.exitCode = 1;
    return;
  }
  const folders = positionals.length > 0 || values.sample ? positionals : newest('reports');
  const files = folders.map((folder) => path.join(folder, 'index.html'));
  const missing = files.find((file) => !existsSync(file));
  if (missing || (files.length === 0 && !values.sample)) {
    console.log(
      `no report: ${missing ?? 'reports/'} ${missing ? 'does not exist' : 'is empty'}; run ./meshproof run first`,
    );
    process.exitCode = 2;
    return;
  }
  if (values.sample) {
    const { writeSamplePage } = await import('./report-measures/sample-page.mjs');
    files.push(await writeSamplePage(root, temporary));
  }
  const { chromium } = await import('@playwright/test');
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  const pages = [];
  try {
    for (const [i, file] of files.entries()) {
      const pictures = values.screenshots && path.join(values.screenshots, files.length > 1 ? String(i + 1) : '');
      const measures = await measurePage(browser, file, pictures);
      pages.push({ ...measures, checks: checksOf(measures) });
    }
  } finally {
    await browser.close();
  }
  if (values.json) console.log(JSON.stringify({ pages }, null, 2));
  else pages.forEach(say);
  if (pages.some(({ checks }) => checks.some(({ wrong }) => wrong.length > 0))) process.exitCode = 1;
}

function say({ page, bytes, openMs, requests, violations, checks }) {
  console.log(`${page}: ${(bytes / 1024).toFixed(0)} KiB, opens in ${openMs} ms, ${requests.length} requests`);
  console.log(`axe: ${violations.length} violations of every kind`);
  for (const text of checks.flatMap(({ wrong }) => wrong)) console.log(`wrong: ${text}`);
}

/** The folder of the report that was made last, in a list. */
function newest(reports) {
  const all = existsSync(reports) ? readdirSync(reports).map((name) => path.join(reports, name)) : [];
  const withPage = all.filter((one) => existsSync(path.join(one, 'index.html')));
  return withPage.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs).slice(0, 1);
}
