// Measures the page of a report in Chromium: its size, the time to open it, requests, accessibility by axe, and whether it fits
// screens of three widths, in light and dark and without script.
//   node scripts/report-measures.mjs [report folder]         without one the newest of reports/
//   --screenshots FOLDER   also writes a picture of each
//   --json                 writes the measures as JSON
// Chromium is CHROMIUM, else chromium or google-chrome on PATH (Debian: apt-get install -y chromium). Without it, it says so and ends
// with 0; where CI is set that is an error.
import './own-node.mjs';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

/** Bytes that a page of four topologies may have. */
const mostBytes = 8 * 1024 * 1024;
/** Milliseconds until the page is there; the best of six counts, as the machine may do something else as well. */
const longest = 3000;
const widths = { desktop: 1280, tablet: 820, phone: 390 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { screenshots: { type: 'string' }, json: { type: 'boolean' } },
});

const program = findChromium();
if (!program) {
  console.log(
    'skipped: there is no Chromium; install it (Debian: apt-get install -y chromium), or name it in CHROMIUM',
  );
  process.exit(process.env.CI ? 1 : 0);
}
const folder = positionals[0] ?? newest('reports');
const file = path.join(folder ?? '', 'index.html');
if (!folder || !existsSync(file)) {
  console.log(`no report: ${folder ? `${file} is not there` : 'reports/ is empty'}; make one with ./meshproof run`);
  process.exit(2);
}

const { chromium } = await import('@playwright/test');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
const measures = {
  report: folder,
  bytes: statSync(file).size,
  openMs: Infinity,
  requests: [],
  violations: [],
  tooWide: [],
};
try {
  for (const [name, width] of Object.entries(widths))
    for (const colorScheme of ['light', 'dark']) await look(name, width, colorScheme);
} finally {
  await browser.close();
}
report(measures);

/** Opens the page as a reader would: by file://, without script. */
async function look(name, width, colorScheme) {
  const viewport = { width, height: width < 500 ? 844 : 800 };
  const plain = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: false });
  const page = await plain.newPage();
  const url = pathToFileURL(path.resolve(file)).href;
  page.on('request', (request) => {
    if (request.url() !== url) measures.requests.push(request.url());
  });
  const start = performance.now();
  await page.goto(url, { waitUntil: 'load' });
  measures.openMs = Math.min(measures.openMs, Math.round(performance.now() - start));
  if (values.screenshots) {
    mkdirSync(values.screenshots, { recursive: true });
    await page.screenshot({ path: path.join(values.screenshots, `${name}-${colorScheme}.png`) });
  }
  await plain.close();
  await judge(url, viewport, colorScheme, name);
}

/** axe is a script, which the page's own policy refuses: it is asked in a context that may. */
async function judge(url, viewport, colorScheme, name) {
  const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) measures.tooWide.push(`${name} ${colorScheme}: ${wide} px`);
  // what is folded is judged as well
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  for (const { id, impact, help, nodes } of found) {
    const violation = {
      id,
      impact,
      help,
      where: nodes[0]?.target.join(' '),
      times: nodes.length,
      seen: `${name} ${colorScheme}`,
    };
    if (!measures.violations.some((one) => one.id === id && one.where === violation.where))
      measures.violations.push(violation);
  }
  await context.close();
}

function report({ bytes, openMs, requests, violations, tooWide }) {
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const wrong = [
    ...(bytes > mostBytes ? [`${bytes} bytes, at most ${mostBytes} are expected`] : []),
    ...(openMs > longest ? [`opens in ${openMs} ms, at most ${longest} are expected`] : []),
    ...[...new Set(requests)].map((url) => `asks for ${url}`),
    ...serious.map(
      ({ id, help, where, times, seen }) => `axe: ${id}: ${help} (${times} times, first ${where}, ${seen})`,
    ),
    ...tooWide.map((where) => `wider than its screen: ${where}`),
  ];
  if (values.json) console.log(JSON.stringify({ ...measures, wrong }, null, 2));
  else {
    console.log(`${file}: ${(bytes / 1024).toFixed(0)} KiB, opens in ${openMs} ms, ${requests.length} requests`);
    console.log(`axe: ${serious.length} serious violations, ${violations.length - serious.length} others`);
    for (const text of wrong) console.log(`wrong: ${text}`);
  }
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

function findChromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = ['', ...(process.env.PATH ?? '').split(path.delimiter)];
  for (const name of names)
    for (const folder of name.includes('/') ? [''] : folders.slice(1)) {
      const program = path.join(folder, name);
      try {
        accessSync(program, constants.X_OK);
        return program;
      } catch {
        // the next one
      }
    }
  return undefined;
}

/** The report that was made last. */
function newest(root) {
  const all = existsSync(root) ? readdirSync(root).map((name) => path.join(root, name)) : [];
  const pages = all.filter((one) => existsSync(path.join(one, 'index.html')));
  return pages.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
