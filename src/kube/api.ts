import type { KubeConfig } from '@kubernetes/client-node';
import { readFileSync, statSync } from 'node:fs';
import { Agent, fetch } from 'undici';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { addSpan } from '../kernel/spans.js';
import { parseKubeconfig } from './kubeconfig.js';
import type { Target } from './kubectl.js';
import { currentSignal } from '../kernel/cancellation.js';
import { noteChanged } from '../kernel/last-change.js';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { scaled } from '../kernel/time-limits.js';

export interface ReadOptions {
  /** Seconds; default 20. */
  timeout?: number;
  signal?: AbortSignal;
  /** True for clean-up: goes on after Ctrl-C. */
  uninterruptible?: boolean;
  /** Of the objects of a list only their metadata: the rest of a list of types is megabytes. */
  metadataOnly?: boolean;
}

interface Connection {
  /** When the kubeconfig was written. */
  mtimeMs: number;
  /** URL of the API server. */
  server: string;
  agent: Agent;
  headers: Record<string, string>;
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const connections = new Map<string, Promise<Connection>>();

/**
 * Reads an object or a list from the API server, `/api/v1/namespaces/sample/pods?labelSelector=app%3Dsleep`. Returns
 * undefined if the object does not exist; throws (exit 4) on any other answer than 2xx.
 */
export async function read<T>(cluster: Target, path: string, options: ReadOptions = {}): Promise<T | undefined> {
  const { status, text } = await request(cluster, { method: 'GET', path }, options);
  if (status === 404) return undefined;
  if (status > 299) throw refused(cluster, `GET ${path}`, status, text);
  return answerIn<T>(cluster, `GET ${path}`, text);
}

/** The JSON of an answer. Throws (exit 4) where it is not: a proxy on the way may answer in the API server's place. */
export function answerIn<T>({ name }: Target, what: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    const message = `${what}: the answer is not JSON: ${text.slice(0, 100) || 'it is empty'}`;
    throw new MeshproofError(message, exitCode.environment, { where: name, cause });
  }
}

/** An answer that is not what was asked for. */
export class Refused extends MeshproofError {
  override readonly name = 'Refused';

  constructor(
    message: string,
    /** Of HTTP. */
    readonly status: number,
    where: string,
  ) {
    super(message, exitCode.environment, { where });
  }
}

/** That an answer is not what was asked for, in the API server's own words. */
export function refused(cluster: Target, what: string, status: number, text: string): Refused {
  let message = text;
  try {
    message = (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    // a proxy on the way answers in its own words
  }
  return new Refused(`${what}: HTTP ${status}: ${message.slice(0, 300)}`, status, cluster.name);
}

interface Request {
  method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  path: string;
  /** JSON. */
  body?: string;
  /** Media type of the body; default: an object of a server-side apply, as JSON, which is YAML that no reader takes otherwise. */
  type?: string;
}

/**
 * Asks the API server over a connection that is kept: a kubectl of its own would cost ten times as much. Throws (exit 4)
 * when there is no answer.
 */
export async function request(
  cluster: Target,
  { method, path, body, type = 'application/apply-patch+yaml' }: Request,
  options: ReadOptions = {},
): Promise<{ status: number; text: string }> {
  const start = Date.now();
  const { timeout = 20 } = options;
  const command = `${method} ${path}`;
  let exit: number | undefined;
  try {
    const ask = async () => {
      const signal = within(options, timeout);
      const { server, agent, headers: own } = await unlessAborted(connectionTo(cluster), signal);
      const headers = options.metadataOnly ? { ...own, accept: metadataOnly } : own;
      return fetch(`${server}${path}`, {
        method,
        body,
        dispatcher: agent,
        headers: body === undefined ? headers : { ...headers, 'content-type': type },
        signal,
      });
    };
    let response = await ask();
    if (response.status === 401) {
      // a token that a credential plugin gave lasts for minutes; the kubeconfig is read again, which asks for a new one
      await response.body?.cancel();
      connections.delete(cluster.kubeconfig);
      response = await ask();
    }
    exit = response.ok ? 0 : response.status;
    if (method === 'PATCH' || method === 'DELETE') noteChanged();
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (!options.uninterruptible && currentSignal().aborted) throw currentSignal().reason;
    // the kubeconfig cannot be used: no waiting mends that
    if (error instanceof MeshproofError) throw error;
    if (options.signal?.aborted) throw failure(cluster, command, 'was interrupted');
    const { name, message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    const late = name === 'TimeoutError' && `no answer within ${timeout} s`;
    throw new Unreachable(`${command}: ${late || why}`, exitCode.environment, { where: cluster.name });
  } finally {
    addSpan({ command, cluster: cluster.name, start, end: Date.now(), exit });
  }
}

function failure({ name }: Target, what: string, message: string): MeshproofError {
  return new MeshproofError(`${what}: ${message}`, exitCode.environment, { where: name });
}

/** An API server that gives no answer; it may be away for a moment only. */
export class Unreachable extends MeshproofError {
  override readonly name = 'Unreachable';
}

/** What ends a request: its time limit, its caller, an interrupt. */
function within({ signal, uninterruptible }: ReadOptions, timeout: number): AbortSignal {
  const signals = [AbortSignal.timeout(scaled(timeout) * 1000), signal, uninterruptible ? undefined : currentSignal()];
  return AbortSignal.any(signals.filter((one) => one !== undefined));
}

/** What `work` gives, unless the signal comes first: a credential plugin may wait for a person. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

/**
 * Changes fields of an object (JSON merge patch); null removes a field. Throws (exit 4) if the object does not exist.
 */
export async function change(cluster: Target, path: string, fields: object, options: ReadOptions = {}): Promise<void> {
  const patch = { method: 'PATCH', path, body: JSON.stringify(fields), type: 'application/merge-patch+json' } as const;
  const { status, text } = await request(cluster, patch, options);
  if (status > 299) throw refused(cluster, `PATCH ${path}`, status, text);
}

/** Deletes an object; where there is none, nothing. What it owns goes after it. Throws (exit 4) when it is refused. */
export async function remove(cluster: Target, path: string, options: ReadOptions = {}): Promise<void> {
  const { status, text } = await request(cluster, { method: 'DELETE', path }, options);
  if (status > 299 && status !== 404) throw refused(cluster, `DELETE ${path}`, status, text);
}

/** `?labelSelector=...` for `app=sleep`. */
export function selecting(labels: string): string {
  return `?labelSelector=${encodeURIComponent(labels)}`;
}

/** How a cluster's API server is reached; read from the kubeconfig once. Throws (exit 4) where that cannot be used. */
export async function connectionTo(cluster: Target): Promise<Connection> {
  const { kubeconfig } = cluster;
  try {
    return await connectionOf(cluster);
  } catch (cause) {
    throw new MeshproofError(`cannot use the kubeconfig: ${(cause as Error).message}`, exitCode.environment, {
      where: kubeconfig,
      expected: 'a kubeconfig with a current context, and a working credential plugin if it uses one',
      remedy: `try it: kubectl --kubeconfig ${kubeconfig} get nodes`,
      cause,
    });
  }
}

async function connectionOf(cluster: Target): Promise<Connection> {
  const { kubeconfig } = cluster;
  const { mtimeMs } = statSync(kubeconfig);
  const known = await connections.get(kubeconfig);
  if (known?.mtimeMs === mtimeMs) return known;
  const made = connect(cluster, mtimeMs);
  connections.set(kubeconfig, made);
  // a credential plugin that failed is asked again by the next request
  made.catch(() => {
    if (connections.get(kubeconfig) === made) connections.delete(kubeconfig);
  });
  return made;
}

async function connect({ name, kubeconfig }: Target, mtimeMs: number): Promise<Connection> {
  // takes most of a second, which is nothing for those to pay who ask no API server
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  parseKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig);
  config.loadFromFile(kubeconfig);
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  // by itself it gives up a connection after 10 s, however long a request may take
  const timeout = scaled(20) * 1000;
  const agent = new Agent({
    connect: { ca, cert, key, rejectUnauthorized, servername, timeout } as Agent.Options['connect'],
  });
  const { server = '' } = config.getCurrentCluster() ?? {};
  if (!URL.canParse(server)) throw new Error(`its current context has no API server (${server || 'nothing'})`);
  const headers = (options.headers ?? {}) as Record<string, string>;
  // a credential plugin may have given what is not in the kubeconfig
  const given = [key, ...Object.values(headers)].flatMap((one) => (one === undefined ? [] : String(one)));
  const words = given.flatMap((one) => secretsOfText(one.replace(/^(?:Bearer|Basic) /, ''), `credentials for ${name}`));
  rememberSecrets(words);
  return { mtimeMs, server, agent, headers };
}
