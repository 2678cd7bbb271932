import { execa } from 'execa';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { currentSignal } from '../clusters/scope.js';
import { behavioursFile } from '../record/store.js';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { projectFolder } from '../topology/paths.js';
import { existsSync } from 'node:fs';

export interface SuitesOptions {
  /** The run's folder below reports/. */
  dir: string;
  topology: string;
  stateFile: string;
  istioctl: string;
  /** Arguments for Playwright. */
  args: readonly string[];
}

/**
 * Runs Playwright on a mesh that is up; verdicts reach the record through the reporter's file, so behaviours that fail
 * are no error here. Throws when Playwright itself could not do its work, or when nothing was selected (exit 2).
 */
export async function runSuites(options: SuitesOptions): Promise<void> {
  const cli = path.join(projectFolder, 'node_modules', '@playwright', 'test', 'cli.js');
  const config = path.join(projectFolder, 'playwright.config.ts');
  const log = path.join(options.dir, 'playwright.log');
  const child = execa(
    process.execPath,
    [cli, 'test', '--config', config, '--project', options.topology, ...options.args],
    {
      cwd: projectFolder,
      env: {
        MESHPROOF_STATE: options.stateFile,
        MESHPROOF_RUN_DIR: options.dir,
        MESHPROOF_ISTIOCTL: options.istioctl,
        // the stream that progress goes to is a pipe for Playwright; it must not guess from that
        FORCE_COLOR: process.stderr.isTTY && !process.env['NO_COLOR'] ? '1' : '0',
      },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
      buffer: false,
      reject: false,
      cancelSignal: currentSignal(),
      // Playwright ends its tests and reporters in order on SIGINT
      killSignal: 'SIGINT',
      forceKillAfterDelay: 10_000,
    },
  );
  child.stdout.pipe(createWriteStream(log));
  const result = await child;
  if (result.isCanceled) throw currentSignal().reason;
  if (result.exitCode === 0 || existsSync(behavioursFile(options.dir, options.topology))) return;
  throw new MeshproofError('no behaviour was selected', exitCode.usage, {
    where: log,
    expected: 'arguments after -- that select at least one behaviour',
    remedy: `Playwright ended with exit code ${result.exitCode}; its output is in the file above`,
  });
}
