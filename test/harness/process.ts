import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program under test. */
export const meshproof = fileURLToPath(new URL('../../meshproof', import.meta.url));

/** How a process ended; `code` is null after a signal. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Milliseconds. */
  ms: number;
}

export interface StartOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Seconds after which it is killed; default 120. */
  timeout?: number;
}

/** `./meshproof` at work. */
export interface Running {
  pid: number;
  ended: Promise<Ended>;
  /** Waits until it has said this, on either stream; rejects when it ends before. */
  says(words: string | RegExp): Promise<void>;
  /** `group`: every process that it has started, too. */
  kill(signal: NodeJS.Signals, options?: { group?: boolean }): void;
}

/** Starts a program with nothing but the given environment, in a process group of its own. */
export function startProgram(
  program: string,
  args: readonly string[],
  { cwd, env, timeout = 120 }: StartOptions,
): Running {
  const started = Date.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (data: Buffer) => {
      texts[stream] += data.toString();
      waiting.forEach((look) => look());
    });
  }
  const kill: Running['kill'] = (signal, { group = false } = {}) => {
    try {
      process.kill(group ? -child.pid! : child.pid!, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const limit = setTimeout(() => kill('SIGKILL', { group: true }), timeout * 1000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, ...texts, ms: Date.now() - started });
    });
  });
  const says: Running['says'] = (words) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const said = texts.stdout + texts.stderr;
        if (!(typeof words === 'string' ? said.includes(words) : words.test(said))) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without saying ${words}:\n${texts.stdout}${texts.stderr}`)));
    });
  return { pid: child.pid!, ended, says, kill };
}
