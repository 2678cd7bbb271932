import { exec, type Target } from '../kube/kubectl.js';
import { Batch, noResult, type Call } from './batch-answers.js';
import { inParts } from './batch-parts.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';

export interface EchoRequest {
  namespace: string;
  /** Pod name or workload, e.g. `statefulset/name`. */
  workload: string;
  /** A container of Istio's echo application: it has the program `client`. */
  container: string;
  /** `tcp://host:port`, `grpc://host:port` or `http://host:port` */
  url: string;
  count: number;
  timeoutSeconds: number;
  signal?: AbortSignal;
}

/**
 * Sends `count` requests, each on a connection of its own, with the client of Istio's echo application. It is for the
 * protocols that curl does not speak; where one call fails the client tells how many did and why the first one did, and
 * nothing of the others. A wrong answer is data; only an exec that itself fails throws Undetermined.
 */
export function echoBatch(cluster: Target, request: EchoRequest): Promise<Batch> {
  return inParts(
    request.count,
    (count) => echoPart(cluster, { ...request, count }),
    ({ calls }) => calls.every(({ exit }) => exit !== 0),
  );
}

async function echoPart(cluster: Target, request: EchoRequest): Promise<Batch> {
  const { namespace, workload, container, url, count, timeoutSeconds, signal } = request;
  const options = ['--new-connection-per-request', '--count', String(count), '--timeout', `${timeoutSeconds}s`];
  // its exit code is 1 as soon as one call failed; the shell's own must stay 0, or a failed exec looks the same
  const command = ['sh', '-c', `client ${options.join(' ')} ${url} 2>&1 || true`];
  const output = await orUndetermined(
    `sending ${count} requests to ${url} from ${namespace}/${workload}`,
    cluster.name,
    () => exec(cluster, namespace, workload, container, command, { timeout: timeoutSeconds + 30, signal }),
  );
  const replay = `kubectl --kubeconfig ${cluster.kubeconfig} -n ${namespace} exec ${workload} -c ${container} -- client --count ${Math.min(count, 10)} ${url}`;
  const calls = readEcho(output, count);
  if (calls.every(({ exit }) => exit === noResult))
    throw new Undetermined(
      `${cluster.name}: ${namespace}/${workload}: the echo client did not run: ${output.slice(0, 300)}`,
    );
  return new Batch(cluster.name, url, calls, [], replay, 'echo client');
}

/** The value that a request header had when Istio's echo application received the call; undefined where it had none. */
export function seenHeader({ body }: Pick<Call, 'body'>, name: string): string | undefined {
  return new RegExp(`^RequestHeader=${name}:(.*)$`, 'm').exec(body)?.[1];
}

/** Reads what the echo client writes: `[3 body] ServiceVersion=v1` and the like. Exported for its test. */
export function readEcho(output: string, count: number): Call[] {
  const failed = /Error (\d+)\/\d+ requests had errors; first error: (.*)/.exec(output);
  const failures = Number(failed?.[1] ?? 0);
  const bodies = new Map<number, string[]>();
  for (const [, index, line] of output.matchAll(/^\[(\d+)(?: body)?\] (.*)$/gm)) {
    bodies.set(Number(index), [...(bodies.get(Number(index)) ?? []), line!]);
  }
  return Array.from({ length: count }, (_, i): Call => {
    const body = bodies.get(i)?.join('\n') ?? '';
    const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(body)?.[1];
    const call = { id: String(i), ms: 0, body };
    if (i < failures) return { ...call, code: 0, exit: 1, error: failed![2] };
    const version = value('ServiceVersion');
    // beside failed calls the client tells of the others in part or not at all
    if (!version) return { ...call, code: 0, exit: noResult, error: 'no result' };
    return { ...call, code: Number(value('StatusCode')), exit: 0, version, instance: value('Hostname') };
  });
}

/** The caller's identity as a server's proxy told it to the echo application, in X-Forwarded-Client-Cert; undefined without mutual TLS. */
export function callerShown(call: Pick<Call, 'body'>): string | undefined {
  return /\bURI=([^;,\s]+)$/.exec(seenHeader(call, 'X-Forwarded-Client-Cert') ?? '')?.[1];
}
