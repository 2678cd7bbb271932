import type { Writable } from 'node:stream';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { fileProblem } from '../kernel/file-problem.js';

/** The first error of each stream other than that its reader has gone. */
const broken = new Map<Writable, NodeJS.ErrnoException>();

/**
 * Lets the work go on when a stream takes no more words: a terminal that was closed, a `head` that has read enough, a full disk.
 * `end` tells of the last.
 */
export function watchStreams(streams: readonly Writable[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', (error) => note(stream, error));
}

function note(stream: Writable, error: NodeJS.ErrnoException): void {
  const gone = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '');
  if (!gone && !broken.has(stream)) broken.set(stream, error);
}

/** Waits until all that was written has left: a pipe takes some 64 KiB at a time, and the rest would end with the process. */
export function written(stream: Writable): Promise<void> {
  // if the reader is gone, the callback gets that error, and nothing is left to wait for
  return new Promise((done) => stream.write('', () => done()));
}

/** Ends the process when all output has been written. Output that could not be written is a failure: exit code 4. */
export async function end(code: ExitCode): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  const error = broken.get(process.stdout);
  if (error) {
    process.stderr.write(`meshproof: ${fileProblem(error, 'standard output').describe()}\n`);
    await written(process.stderr);
  }
  // watches and idle connections may still be open; nothing that matters is left to do
  process.exit(error && code === exitCode.passed ? exitCode.environment : code);
}
