import { mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Bytes that a page of four topologies may have. */
const mostBytes = 8 * 1024 * 1024;
/** Milliseconds until the page is there; the best of six counts, as the machine may do something else as well. */
const longest = 3000;
const widths = { desktop: 1280, tablet: 820, phone: 390 };
const looks = Object.entries(widths).flatMap(([name, width]) =>
  ['light', 'dark'].map((colorScheme) => ({
    name: `${name} ${colorScheme}`,
    viewport: { width, height: width < 500 ? 844 : 800 },
    colorScheme,
  })),
);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Measures a page in a browser: at three widths, in light and dark. `screenshots` is a folder for a picture of each. */
export async function measurePage(browser, file, screenshots) {
  const url = pathToFileURL(path.resolve(file)).href;
  const read = await readPage(browser, url, screenshots);
  return { page: file, bytes: statSync(file).size, ...read, ...(await judgePage(browser, url)) };
}

/** Opens the page as a reader would: by file://, without script. */
async function readPage(browser, url, screenshots) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const requests = new Set();
  page.on('request', (request) => {
    if (request.url() !== url) requests.add(request.url());
  });
  let openMs = Infinity;
  for (const { name, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const start = performance.now();
    await page.goto(url, { waitUntil: 'load' });
    openMs = Math.min(openMs, Math.round(performance.now() - start));
    if (!screenshots) continue;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: path.join(screenshots, `${name.replace(' ', '-')}.png`) });
  }
  await context.close();
  return { openMs, requests: [...requests] };
}

/** axe is a script, which the page's own policy refuses: it is asked in a context that may. */
async function judgePage(browser, url) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  await page.addScriptTag({ path: axe });
  const violations = [];
  const tooWide = [];
  for (const { name, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const fold = (open) =>
      page.evaluate((open) => document.querySelectorAll('details').forEach((one) => (one.open = open)), open);
    await fold(false);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) tooWide.push(`${name}: ${wide} px`);
    // what is folded is judged as well
    await fold(true);
    const found = await page.evaluate(
      async () => (await globalThis.axe.run({ resultTypes: ['violations'] })).violations,
    );
    for (const { id, impact, help, nodes } of found) {
      const where = nodes[0]?.target.join(' ');
      if (!violations.some((one) => one.id === id && one.where === where))
        violations.push({ id, impact, help, where, times: nodes.length, seen: name });
    }
  }
  await context.close();
  return { violations, tooWide };
}

/** What a page must be, each with what is wrong, in words. */
export function checksOf({ bytes, openMs, requests, violations, tooWide }) {
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return [
    { what: 'size', wrong: bytes > mostBytes ? [`${bytes} bytes, at most ${mostBytes} are expected`] : [] },
    { what: 'time', wrong: openMs > longest ? [`opens in ${openMs} ms, at most ${longest} are expected`] : [] },
    { what: 'requests', wrong: requests.map((url) => `asks for ${url}`) },
    {
      what: 'axe',
      wrong: serious.map(
        ({ id, help, where, times, seen }) => `axe: ${id}: ${help} (${times} times, first ${where}, ${seen})`,
      ),
    },
    { what: 'width', wrong: tooWide.map((where) => `wider than its screen: ${where}`) },
  ];
}
