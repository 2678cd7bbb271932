import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync, readFileSync } from 'node:fs';
import pRetry from 'p-retry';
import { exitCode, MeshproofError } from './errors.js';

/**
 * Names the run in the environment of every child process. Children of children, such as the docker programs of kind,
 * inherit it. It is set from the start of a process. So even after a kill -9 no process of a run is missed, and no
 * other process is mistaken for one.
 */
const runVariable = 'MESHPROOF_CHILD_OF';

/** Of the work that is under way: one process may work on several runs side by side. */
const runs = new AsyncLocalStorage<string>();

/** From now on every child that the caller starts belongs to the run, until it names another. */
export function markChildren(runId: string): void {
  runs.enterWith(runId);
}

/** What every child process must be given in its environment. */
export function childEnvironment(): Record<string, string> {
  const runId = runs.getStore();
  return runId === undefined ? {} : { [runVariable]: runId };
}

/** Process ids of a run's children that still run, this process left out. Empty where there is no /proc. */
export function processesOf(runId: string): number[] {
  const mark = `${runVariable}=${runId}`;
  return pids().filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark));
}

/**
 * Ends every process that a run left behind: a kind or docker program that outlived the harness goes on to create what
 * is about to be removed. Returns how many there were.
 */
export async function endProcesses(runId: string): Promise<number> {
  const ended = new Set<number>();
  const end = (): void => {
    const left = processesOf(runId);
    for (const pid of left) {
      ended.add(pid);
      kill(pid);
    }
    if (left.length === 0) return;
    throw new MeshproofError(`processes of run ${runId} do not stop: ${left.join(', ')}`, exitCode.environment, {
      remedy: `inspect them: ps -p ${left.join(',')}`,
    });
  };
  await pRetry(end, { retries: 60, factor: 1, minTimeout: 50 });
  return ended.size;
}

function kill(pid: number): void {
  try {
    // waiting for such a process to tidy up is pointless, because all of its work is removed
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The environment with which a process was started; empty for another user's process or one that has ended. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
