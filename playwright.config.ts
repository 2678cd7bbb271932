import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type ReporterDescription } from '@playwright/test';
import { timeouts } from './fixtures/timeouts.js';

const root = import.meta.dirname;
const stateFile = process.env['MESHPROOF_STATE'];
const runFolder = process.env['MESHPROOF_RUN_DIR'];
const reporter = path.join(root, 'src', 'record', 'reporter.ts');

/** One project per topology file, and the one that is up, whose file may lie anywhere. */
function topologies(): string[] {
  const folder = path.join(root, 'topologies');
  const names = readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => path.parse(file).name);
  if (stateFile && existsSync(stateFile)) {
    // a file that cannot be read is reported by the fixture that attaches, with what to do
    names.push(/"topology": "([^"]+)"/.exec(readFileSync(stateFile, 'utf8'))?.[1] ?? '');
  }
  return [...new Set(names)].filter(Boolean).sort();
}

/** Reports are views of one run and belong into its folder; without one, Playwright was started by hand and only lists. */
function reporters(): ReporterDescription[] {
  if (!runFolder) return [['list']];
  return [
    [reporter],
    ['html', { outputFolder: path.join(runFolder, 'playwright-html'), open: 'never' }],
    ['allure-playwright', { resultsDir: path.join(runFolder, 'allure-results') }],
  ];
}

export default defineConfig({
  testDir: path.join(root, 'suites'),
  testMatch: '**/*.spec.ts',
  outputDir: runFolder ? path.join(runFolder, 'playwright') : path.join(root, 'test-results'),
  projects: topologies().map((name) => ({ name })),
  reporter: reporters(),
  workers: Number(process.env['MESHPROOF_WORKERS'] ?? 1),
  fullyParallel: false,
  // a second try would hide what the first one saw
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: timeouts.behaviour,
});
