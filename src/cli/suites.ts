import { execa } from 'execa';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { currentSignal } from '../clusters/scope.js';
import { behavioursFile } from '../record/store.js';
import { spansFile } from './report.js';
import { exitCode, MeshproofError } from '../topology/errors.js';
import { projectFolder } from '../topology/paths.js';

export interface SuitesOptions {
  /** The run's folder below reports/. */
  dir: string;
  topology: string;
  stateFile: string;
  istioctl: string;
  /** Attached meshes: behaviours may change the whole mesh for a moment. */
  allowDisruptive: boolean;
  /** Arguments for Playwright. */
  args: readonly string[];
  /** Is told each line about a behaviour, as soon as it is decided. */
  print(line: string): void;
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
        MESHPROOF_SPANS: path.join(options.dir, spansFile),
        MESHPROOF_ALLOW_DISRUPTIVE: options.allowDisruptive ? '1' : undefined,
        // Playwright's streams are pipes; whether there is a terminal behind them is known here
        FORCE_COLOR: process.stderr.isTTY && !process.env['NO_COLOR'] ? '1' : '0',
      },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      cancelSignal: currentSignal(),
      // Playwright ends its tests and reporters in order on SIGINT
      killSignal: 'SIGINT',
      forceKillAfterDelay: 10_000,
    },
  );
  child.stdout.pipe(createWriteStream(log));
  createInterface({ input: child.stderr }).on('line', options.print);
  const result = await child;
  if (result.isCanceled) throw currentSignal().reason;
  if (result.exitCode === 0 || existsSync(behavioursFile(options.dir, options.topology))) return;
  throw new MeshproofError('no behaviour was selected', exitCode.usage, {
    where: log,
    expected: 'arguments after -- that select at least one behaviour',
    remedy: `Playwright ended with exit code ${result.exitCode}; its output is in the file above`,
  });
}
