import { execa } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { currentSignal } from '../kernel/cancellation.js';
import { playwrightCli, playwrightConfig } from './playwright/playwright-paths.js';
import { sessionVariable, writeSession } from './playwright/session-file.js';

/** How a listing ended. */
export interface Listing {
  stdout: string;
  stderr: string;
  exitCode?: number;
  isCanceled: boolean;
}

/** Lets Playwright list the specs in some folders, as far as its arguments select them; nothing is run. */
export async function listWithPlaywright(suites: readonly string[], args: readonly string[]): Promise<Listing> {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-list-'));
  const session = path.join(folder, 'session.json');
  try {
    writeSession(session, { version: 1, suites: [...suites], timeouts: { scale: 1 } });
    const listing = [playwrightCli(), 'test', '--config', playwrightConfig, '--list', ...args];
    return await execa(process.execPath, listing, {
      env: { [sessionVariable]: session, FORCE_COLOR: '0' },
      stdin: 'ignore',
      reject: false,
      cancelSignal: currentSignal(),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
