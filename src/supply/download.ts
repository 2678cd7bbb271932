import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { currentSignal } from '../kernel/cancellation.js';

/** Longest silence of a server in milliseconds, connecting included. What goes on may take as long as it takes. */
export interface DownloadLimits {
  idle: number;
}

const defaults: DownloadLimits = { idle: 10_000 };

interface Running {
  name: string;
  received: number;
  /** Undefined where the server does not say. */
  total?: number;
}

const running = new Set<Running>();

/** The downloads that are under way, e.g. `kubectl 12 of 57 MB`; empty when there is none. */
export function describeDownloads(): string {
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  return [...running]
    .map(({ name, received, total }) => `${name} ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''} MB`)
    .join(', ');
}

/** A download that failed; the message is one sentence that names the address. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

/**
 * Writes what `url` holds to `file` and returns its sha256 as 64 hex digits; `name` is what it is called while it is under way.
 * The caller removes the file when this throws.
 */
export async function download(
  url: string,
  file: string,
  name: string,
  limits: DownloadLimits = defaults,
): Promise<string> {
  const hash = createHash('sha256');
  const progress: Running = { name, received: 0 };
  running.add(progress);
  try {
    await receive(url, limits, async (body, onData, total) => {
      progress.total = total;
      const watch = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          onData();
          progress.received += chunk.length;
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(body, watch, createWriteStream(file));
    });
  } finally {
    running.delete(progress);
  }
  return hash.digest('hex');
}

/** The text that `url` holds, e.g. a checksum file. */
export function downloadText(url: string, limits: DownloadLimits = defaults): Promise<string> {
  return receive(url, limits, async (body, onData) => {
    const chunks: Buffer[] = [];
    for await (const chunk of body) {
      onData();
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString('utf8');
  });
}

async function receive<T>(
  url: string,
  limits: DownloadLimits,
  read: (body: Readable, onData: () => void, total: number | undefined) => Promise<T>,
): Promise<T> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), limits.idle);
  try {
    // node's own fetch ignores HTTPS_PROXY, HTTP_PROXY and NO_PROXY before Node 24
    const response = await fetch(url, {
      dispatcher: new EnvHttpProxyAgent(),
      signal: AbortSignal.any([silence.signal, currentSignal()]),
    });
    if (!response.ok || !response.body) {
      throw new DownloadError(`${url} answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const total = Number(response.headers.get('content-length')) || undefined;
    return await read(Readable.fromWeb(response.body as ReadableStream), () => timer.refresh(), total);
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    if (silence.signal.aborted) throw new DownloadError(`${url} sent nothing for ${limits.idle / 1000} s`);
    throw new DownloadError(`${url} ${reason(error)}${throughProxy(url)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'cannot be reached: the connection was refused',
  ENOTFOUND: 'cannot be reached: its host name is unknown',
  EAI_AGAIN: 'cannot be reached: the lookup of its host name failed',
  ECONNRESET: 'closed the connection',
  UND_ERR_SOCKET: 'closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached: the connection timed out',
  ENOSPC: 'could not be stored: the disk is full',
};

/** Names the proxy that the environment's variables ask for: its trouble looks like the server's. */
function throughProxy(url: string): string {
  const { protocol, hostname } = new URL(url);
  const { env } = process;
  const proxy =
    protocol === 'https:' ? (env['https_proxy'] ?? env['HTTPS_PROXY']) : (env['http_proxy'] ?? env['HTTP_PROXY']);
  const direct = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/);
  const without = direct.some((name) => name === '*' || (name !== '' && hostname.endsWith(name.replace(/^\*/, ''))));
  return proxy && !without
    ? ` (through the proxy ${new URL(proxy).origin}; see HTTPS_PROXY, HTTP_PROXY and NO_PROXY)`
    : '';
}

/** fetch says only "fetch failed"; the reason is in the chain of causes. */
function reason(error: unknown): string {
  let last = '';
  for (let e = error; e instanceof Error; e = e.cause) {
    const code = 'code' in e ? String(e.code) : '';
    if (reasons[code]) return reasons[code];
    last = e.message;
  }
  return `cannot be downloaded: ${last}`;
}
