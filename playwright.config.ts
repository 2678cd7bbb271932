import { readdirSync } from 'node:fs';
import path from 'node:path';
import { defineConfig, type ReporterDescription } from '@playwright/test';
import { planIn } from './fixtures/state-plan.js';
import { behaviourLimit } from './fixtures/timeouts.js';
import { behavioursAtOnce } from './src/kernel/parallelism.js';

const root = import.meta.dirname;
const stateFile = process.env['MESHPROOF_STATE'];
const plan = planIn(stateFile);
const runFolder = process.env['MESHPROOF_RUN_DIR'];
/** Playwright empties its folders when it starts, so each topology of a run has its own. */
const ownFolder = process.env['MESHPROOF_PLAYWRIGHT_DIR'] ?? path.join(root, 'test-results');
// the runner and its workers: when the terminal is closed, meshproof ends them in order, and what was changed is taken back
if (stateFile) process.on('SIGHUP', () => undefined);
const reporter = path.join(root, 'src', 'engine', 'playwright', 'reporter.ts');

/** One project per topology file; with a state file only its own, wherever its file lies: no other mesh is up. */
function topologies(): string[] {
  if (plan) return [plan.topology];
  const files = readdirSync(path.join(root, 'topologies')).filter((file) => /\.ya?ml$/.test(file));
  return files.map((file) => path.parse(file).name).sort();
}

/** Reports are views of one run and belong into its folder; without one, Playwright was started by hand and only lists. */
function reporters(): ReporterDescription[] {
  if (!runFolder) return [['list']];
  return [
    [reporter],
    ['html', { outputFolder: path.join(ownFolder, 'report'), open: 'never' }],
    ['allure-playwright', { resultsDir: path.join(runFolder, 'allure-results') }],
  ];
}

export default defineConfig({
  testDir: path.join(root, 'suites'),
  testMatch: '**/*.spec.ts',
  outputDir: path.join(ownFolder, 'results'),
  projects: topologies().map((name) => ({ name })),
  reporter: reporters(),
  // behaviours without a lock run side by side
  workers: Number(process.env['MESHPROOF_WORKERS'] ?? behavioursAtOnce()),
  fullyParallel: false,
  // a second try would hide what the first one saw
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: behaviourLimit(plan?.clusters ?? 1),
});
