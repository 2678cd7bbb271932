import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { CommandError } from './run-program.js';
import { childEnvironment } from './child-processes.js';
import { redact } from './secrets/redact.js';

/** What the daemon answered with an error status, or in the middle of an answer. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
}

/**
 * Asks the Docker daemon's own HTTP API and yields the JSON objects of its answer as they come. `docker system dial-stdio`
 * makes the connection, so that contexts, TLS and ssh are docker's business. Ends the request when the caller stops reading
 * or `signal` is aborted. Throws DaemonError for what the daemon refuses, CommandError when it cannot be reached.
 */
export async function* dockerRequest(
  path: string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): AsyncGenerator<unknown> {
  const child = execa('docker', ['system', 'dial-stdio'], {
    stdin: 'pipe',
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 1000,
    env: childEnvironment(),
  });
  const connection = connectionOf(child.stdin, child.stdout);
  try {
    const answer = await post(connection, path, headers).catch(async (cause: Error) => {
      const { exitCode, stderr } = await child;
      signal?.throwIfAborted();
      const reason = redact(stderr.trim() || cause.message);
      throw new CommandError(
        `docker does not reach the daemon: ${reason}`,
        'docker system dial-stdio',
        reason,
        exitCode,
      );
    });
    if (answer.statusCode !== 200) throw new DaemonError(messageOf(await text(answer)));
    for await (const line of createInterface({ input: answer, crlfDelay: Infinity })) {
      if (line.trim() !== '') yield JSON.parse(line) as unknown;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    connection.destroy();
    child.kill();
  }
}

/** Both pipes as one stream. It ends with what can be read: the program may close its input before its last words are read. */
function connectionOf(input: Writable, output: Readable): Duplex {
  const connection = new Duplex({
    read: () => void output.resume(),
    write: (chunk, encoding, done) => void input.write(chunk, encoding, () => done()),
  });
  // a program that ended says why elsewhere
  input.on('error', () => {});
  connection.on('error', () => {});
  output.on('data', (chunk) => {
    if (!connection.push(chunk)) output.pause();
  });
  output.on('end', () => connection.push(null));
  return connection;
}

function post(connection: Duplex, path: string, headers: Record<string, string>): Promise<IncomingMessage & Readable> {
  return new Promise((resolve, reject) => {
    request({ method: 'POST', path, headers: { Host: 'docker', ...headers }, createConnection: () => connection })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

/** The daemon wraps its errors: {"message": "..."}. */
function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body.trim();
  }
}
