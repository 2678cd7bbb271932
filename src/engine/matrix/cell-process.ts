import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { currentSignal } from '../../kernel/cancellation.js';
import { projectFolder } from '../../kernel/project-files.js';
import { isRunId } from '../../run/run-folders.js';
import { privateFolder } from '../../run/abandoned-reports.js';
import { self, type Owner } from '../../run/lease.js';
import { causeOfAttempt, outcomeOfAttempt, type Attempt } from '../../record/matrix/cell-record.js';
import { readRecord, recordFile } from '../../record/result-files.js';
import type { RunRecord } from '../../record/result.js';

/** How `meshproof run` ended. */
export interface CellEnd {
  /** Undefined where a signal has ended it. */
  code?: number;
  /** The last thing that it said, in one line. */
  said: string;
}

/** The compiled program itself: a checkout that changed meanwhile is not rebuilt between two cells. */
const main = path.join(projectFolder, 'dist', 'src', 'cli', 'main.js');

/** Where a process says what it does. */
const progressFile = 'progress.txt';

const reportsOf = (attempt: string): string => path.join(attempt, 'reports');

/**
 * Proves a cell in a process of its own, in the folder of an attempt. `started` is told the process. An interrupt of this process is
 * passed on once; the cell then removes what it made. Nothing else reaches it: it has its own process group.
 */
export async function proveCell(
  attempt: string,
  id: string,
  args: readonly string[],
  started: (owner: Owner) => Promise<void>,
): Promise<CellEnd> {
  mkdirSync(attempt, { recursive: true });
  const [out, progress] = ['summary.txt', progressFile].map((name) => openSync(path.join(attempt, name), 'w'));
  const signal = currentSignal();
  try {
    // files, not pipes: the process goes on writing where this one is killed
    const child = spawn(process.execPath, [main, 'run', ...args, '--reports', reportsOf(attempt)], {
      stdio: ['ignore', out!, progress!],
      detached: true,
      // names the cell in Playwright's merged report
      env: { ...process.env, PWTEST_BOT_NAME: id },
    });
    const exited = once(child, 'exit') as Promise<[code: number | null]>;
    const pass = (): void => void child.kill('SIGINT');
    signal.addEventListener('abort', pass, { once: true });
    try {
      if (child.pid !== undefined) await started(self(child.pid));
      if (signal.aborted) pass();
      const [code] = await exited;
      return { code: code ?? undefined, said: lastWords(attempt) };
    } finally {
      signal.removeEventListener('abort', pass);
    }
  } finally {
    closeSync(out!);
    closeSync(progress!);
  }
}

/** What a process that failed without a report has said: its error, in one line. */
function lastWords(attempt: string): string {
  const file = path.join(attempt, progressFile);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  const error = lines.findLast((line) => line.startsWith('meshproof: ')) ?? lines.at(-1) ?? '';
  return error.replace(/^meshproof: /, '').slice(0, 300);
}

/** The report that an attempt has left. */
export interface LeftReport {
  run: string;
  folder: string;
  record: RunRecord;
}

/** What an ended attempt of the cell in this folder came to. */
export function resultOf(
  { code, said }: CellEnd,
  found: LeftReport | undefined,
  folder: string,
): Pick<Attempt, 'exitCode' | 'outcome' | 'cause' | 'run' | 'report'> {
  const outcome = outcomeOfAttempt(code, found?.record);
  return {
    exitCode: code,
    outcome,
    cause: causeOfAttempt(outcome, found?.record, said),
    run: found?.run,
    report: found && path.relative(folder, found.folder),
  };
}

/** The report that an attempt has left, where it has one. */
export async function reportOf(attempt: string): Promise<LeftReport | undefined> {
  const root = reportsOf(attempt);
  const names = existsSync(root) ? readdirSync(root) : [];
  const run = names.find((name) => existsSync(path.join(root, name, recordFile)));
  if (run === undefined) return undefined;
  return { run, folder: path.join(root, run), record: await readRecord(path.join(root, run)) };
}

/** The run of an attempt that has not ended, by the report that it was making. A run that has made nothing yet has none. */
export function unfinishedRun(attempt: string): string | undefined {
  const folder = privateFolder(reportsOf(attempt));
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => name.replace(/\.json$/, '')).find(isRunId);
}
