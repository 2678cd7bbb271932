import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig, type ReporterDescription } from '@playwright/test';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { projectFolder } from '../../kernel/project-files.js';
import { behaviourLimit } from './behaviour-limit.js';
import { openSession, sessionVariable, type MeshSession } from './session-file.js';

// Playwright's configuration, made from the session: Playwright loads it in its runner and in every worker.

const session = openSession();
if (!session) {
  throw new MeshproofError(`${sessionVariable} names no session`, exitCode.usage, {
    remedy: 'run the behaviours with: meshproof test; words after -- go to Playwright',
  });
}
const { mesh, suites } = session;
// when the terminal is closed, meshproof ends the runner and its workers in order, and what was changed is taken back
if (mesh) process.on('SIGHUP', () => undefined);

/** Reports are views of one run and go into its folder. */
function reporters({ reportDir, playwrightDir, reports }: MeshSession): ReporterDescription[] {
  const own: ReporterDescription = [path.join(import.meta.dirname, 'reporter.js')];
  if (reports === 'record') return [own];
  const { resolve } = createRequire(import.meta.url);
  return [
    own,
    ['html', { outputFolder: path.join(playwrightDir, 'report'), open: 'never' }],
    [resolve('allure-playwright'), { resultsDir: path.join(reportDir, 'allure-results') }],
    ...(reports === 'blobs' ? [blob(playwrightDir)] : []),
  ];
}

/** Its file is found by `merge`. */
function blob(playwrightDir: string): ReporterDescription {
  return ['blob', { outputDir: path.join(playwrightDir, 'blob') }];
}

export default defineConfig({
  // of one name, that of the topology: every folder of specs is a project to Playwright
  projects: suites.map((testDir) => ({ name: mesh?.topology ?? '', testDir })),
  testMatch: '**/*.spec.{ts,mts,js,mjs}',
  outputDir: path.join(mesh?.playwrightDir ?? tmpdir(), 'results'),
  reporter: mesh ? reporters(mesh) : [['list']],
  // behaviours without a lock run side by side
  workers: mesh?.workers ?? 1,
  fullyParallel: false,
  // a second try would hide what the first one saw
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: behaviourLimit(mesh?.clusters ?? 1, mesh?.long ?? false),
  // compiled already
  build: { external: [`${path.join(projectFolder, 'dist')}/**`] },
});
