import type { Readable } from 'node:stream';
import { execa, ExecaError } from 'execa';
import { exitCode, MeshproofError } from './errors.js';
import { addSpan } from './spans.js';
import { childEnvironment } from './child-processes.js';
import { redact } from './secrets/redact.js';
import { currentSignal, isCleanUp } from './cancellation.js';
import { scaled } from './time-limits.js';

export interface RunOptions {
  /** Text for the child's standard input, or a stream that it reads as it comes; never logged. */
  input?: string | Readable;
  /** Called with the first standard output, for a child whose activity must be known before it ends. */
  onFirstOutput?: () => void;
  /** Seconds until the child is ended; default 120. */
  timeout?: number;
  env?: Record<string, string>;
  cwd?: string;
  /** Name of the cluster it talks to, for messages and timings. */
  cluster?: string;
  /** True for clean-up: goes on after Ctrl-C. */
  uninterruptible?: boolean;
  signal?: AbortSignal;
}

/** A child process that failed: short first line, then the command, then the end of its output. Exit code 4. */
export class CommandError extends MeshproofError {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly command: string,
    /** Both output streams, redacted. */
    readonly output: string,
    /** undefined when it was ended by a signal or could not be started */
    readonly exit: number | undefined,
    where?: string,
  ) {
    super(message, exitCode.environment, { where });
  }

  override text(): string {
    const tail = this.output.trim().split('\n').slice(-15).join('\n    ');
    return `${this.message}\n  command: ${this.command}${tail ? `\n  output:\n    ${tail}` : ''}`;
  }
}

/** Runs a program and returns its standard output. Throws CommandError when it fails, ends late or is not there. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const command = redact([program, ...args].map(quote).join(' '));
  const start = Date.now();
  const signals = [options.signal, options.uninterruptible ? undefined : currentSignal()].filter(
    (s) => s !== undefined,
  );
  let exit: number | undefined;
  try {
    const child = execa(program, args, {
      input: options.input ?? '',
      timeout: scaled(options.timeout ?? 120) * 1000,
      env: { ...options.env, ...childEnvironment() },
      cwd: options.cwd,
      cancelSignal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
      // a Ctrl-C in the terminal goes to the whole process group; the child must not die before we decide it
      detached: options.uninterruptible === true || isCleanUp(),
      stripFinalNewline: true,
      maxBuffer: 64 * 1024 * 1024,
    });
    if (options.onFirstOutput) child.stdout.once('data', options.onFirstOutput);
    const result = await child;
    exit = 0;
    return result.stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    // the reason is what a person must hear: the interrupt, or the part that failed first
    if (error.isCanceled && !options.uninterruptible && currentSignal().aborted) throw currentSignal().reason;
    exit = error.exitCode;
    const output = redact([error.stderr, error.stdout].filter(Boolean).join('\n'));
    const name = program.split('/').pop() ?? program;
    const why = error.timedOut
      ? `did not end within ${options.timeout ?? 120} s`
      : error.isCanceled
        ? 'was interrupted'
        : error.code === 'ENOENT'
          ? 'is not installed or not on PATH'
          : error.signal
            ? `was ended by ${error.signal}`
            : `failed with exit code ${error.exitCode}${firstLine(output)}`;
    throw new CommandError(`${name} ${why}`, command, output, exit, options.cluster);
  } finally {
    addSpan({ command, cluster: options.cluster, start, end: Date.now(), exit });
  }
}

function firstLine(output: string): string {
  const line =
    output.split('\n').find((l) => /error|fail|denied|refused|not found|unable|invalid/i.test(l)) ??
    output.split('\n')[0];
  return line?.trim() ? `: ${line.trim().slice(0, 300)}` : '';
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a program prints within 10 s, trimmed; undefined where it prints nothing or cannot be run. Also after Ctrl-C. */
export function says(program: string, args: readonly string[]): Promise<string | undefined> {
  return run(program, args, { timeout: 10, uninterruptible: true }).then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}
