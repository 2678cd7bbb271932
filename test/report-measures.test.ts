import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

interface Measures {
  bytes: number;
  openMs: number;
  requests: string[];
  violations: { id: string; impact: string; help: string; where: string; times: number; seen: string }[];
  tooWide: string[];
}
const { checksOf } = (await import(new URL('../scripts/report-measures/measure-page.mjs', import.meta.url).href)) as {
  checksOf(measures: Measures): { what: string; wrong: string[] }[];
};
const { findChromium } = (await import(
  new URL('../scripts/report-measures/find-chromium.mjs', import.meta.url).href
)) as { findChromium(environment: { CHROMIUM?: string; PATH?: string }): string | undefined };

const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-measures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sound: Measures = { bytes: 100, openMs: 80, requests: [], violations: [], tooWide: [] };
const violation = (impact: string) => ({ id: 'x', impact, help: 'h', where: 'p', times: 2, seen: 'phone dark' });
const wrong = (more: Partial<Measures>) => checksOf({ ...sound, ...more }).flatMap((check) => check.wrong);

test('a page that is as it must be has five checks, and nothing is wrong', () => {
  expect(checksOf(sound)).toHaveLength(5);
  expect(wrong({ violations: [violation('moderate')] })).toEqual([]);
});

test.each([
  ['size', { bytes: 9 * 1024 * 1024 }, 'at most 8388608 are expected'],
  ['time', { openMs: 3001 }, 'opens in 3001 ms'],
  ['requests', { requests: ['https://fonts.test/'] }, 'asks for https://fonts.test/'],
  ['axe', { violations: [violation('serious')] }, 'axe: x: h (2 times, first p, phone dark)'],
  ['width', { tooWide: ['phone light: 35 px'] }, 'wider than its screen: phone light: 35 px'],
])('what is wrong with a page is said: %s', (_, more, text) => {
  expect(wrong(more)).toEqual([expect.stringContaining(text)]);
});

test('Chromium is the one that is named, else the first of the usual names on PATH', () => {
  const program = (name: string, mode = 0o755): string => {
    const file = path.join(folder, name);
    writeFileSync(file, '');
    chmodSync(file, mode);
    return file;
  };
  program('chromium', 0o644);
  const chrome = program('google-chrome');
  const PATH = ['/nowhere', folder].join(path.delimiter);
  expect(findChromium({ PATH })).toBe(chrome);
  expect(findChromium({ PATH, CHROMIUM: chrome })).toBe(chrome);
  expect(findChromium({ PATH, CHROMIUM: '/nowhere/chromium' })).toBeUndefined();
  expect(findChromium({ PATH: '/nowhere' })).toBeUndefined();
});
