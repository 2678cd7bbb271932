import { randomUUID } from 'node:crypto';
import type { Target } from '../kube/kubectl.js';
import { runInShell } from '../kube/pod-shell.js';
import { Batch, noResult, type BatchRequest, type Call } from './batch-answers.js';
import { curlConfig, replayCommand } from './curl-command.js';
import { hostnameShown } from './httpbin.js';
import { inParts } from './batch-parts.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';

// Bodies go to one file per request, printed afterwards by `head`, whose header line `==> file <==` holds the request's
// random id: no body can forge one. /dev/null makes sure that there are two operands, without which there are no headers.
const script = (parallel: number, immediately: boolean) =>
  [
    'd=$(mktemp -d) && cd "$d" || exit 90',
    `curl -s --parallel ${immediately ? '--parallel-immediate ' : ''}--parallel-max ${parallel} -K - 2>stderr`,
    'head -c 65536 /dev/null *',
    'cd / && rm -rf "$d"',
  ].join('\n');

/** What curl ends with when a request was not answered in its time. */
const curlTimeout = 28;

/**
 * Sends `count` requests by commands in the container, `parallel` of them side by side. Needs a POSIX sh, head, mktemp and curl >= 7.75 in the container.
 * A wrong answer is data; only an exec that itself fails (pod gone, API server away, no curl) throws Undetermined.
 */
export function callBatch(cluster: Target, request: BatchRequest): Promise<Batch> {
  const replay = replayCommand(cluster, request);
  return inParts(
    request.count,
    (count) => callPart(cluster, { ...request, count }, replay),
    ({ calls }) => calls.every(({ exit }) => exit === curlTimeout),
  );
}

async function callPart(cluster: Target, request: BatchRequest, replay: string): Promise<Batch> {
  const { namespace, workload, container, url, count, parallel = 10, timeoutSeconds = 5, signal } = request;
  const command = script(Math.min(parallel, count), request.immediately ?? false);
  // no hyphens: in a proper UUID Envoy overwrites a digit to note its tracing decision (1 in 100 by default)
  const ids = Array.from({ length: count }, () => randomUUID().replaceAll('-', ''));
  const sentAt = Date.now();
  const output = await orUndetermined(
    `sending ${count} requests to ${url} from ${namespace}/${workload}`,
    cluster.name,
    () =>
      runInShell(cluster, { namespace, workload, container }, command, {
        input: ids.map((id) => curlConfig(id, request)).join('next\n'),
        // the slowest case is every request timing out
        timeout: Math.ceil(count / parallel) * timeoutSeconds + 30,
        signal,
      }),
  );
  const parsed = parseBatch(output, ids);
  if (parsed.calls.every((call) => call.exit === noResult)) {
    throw new Undetermined(
      `${cluster.name}: ${namespace}/${workload}: curl did not run: ${parsed.malformed.join(' ').slice(0, 300)}`,
    );
  }
  return new Batch(cluster.name, url, parsed.calls, parsed.malformed, replay, 'curl', sentAt);
}

/** Reads the output of a batch: first curl's write-out, then the bodies. Exported for its test. */
export function parseBatch(output: string, ids: readonly string[]): { calls: Call[]; malformed: string[] } {
  const known = new Set(ids);
  const results = new Map<string, Omit<Result, 'id'>>();
  const bodies = new Map<string, string[]>();
  const malformed: string[] = [];
  let section: string | undefined;
  for (const line of output.split('\n')) {
    const header = /^==> (\S+) <==$/.exec(line)?.[1];
    if (header !== undefined && (known.has(header) || header === 'stderr' || header === '/dev/null')) {
      section = header;
      bodies.set(header, []);
    } else if (section !== undefined) {
      bodies.get(section)?.push(line);
    } else if (line.trim()) {
      const result = readResult(line);
      if (result && known.has(result.id)) results.set(result.id, result);
      else malformed.push(line.slice(0, 300));
    }
  }
  const calls = ids.map((id): Call => {
    const body = bodies.get(id)?.join('\n').trimEnd() ?? '';
    const result = results.get(id) ?? { code: 0, exit: noResult, ms: 0, error: 'no result' };
    const [, version, instance] = /^Hello version: ([^\s,]+), instance: (\S+)/.exec(body) ?? echoed(body);
    return { id, body, ...result, version, instance };
  });
  const stderr = bodies.get('stderr')?.join('\n').trim();
  if (stderr && results.size < ids.length) malformed.push(stderr.slice(0, 300));
  return { calls, malformed };
}

/** Version and pod name in an answer of Istio's echo application, or the name in go-httpbin's, in the places of a match. */
function echoed(body: string): (string | undefined)[] {
  const version = /^ServiceVersion=(\S+)$/m.exec(body)?.[1] ?? hostnameShown(body);
  return ['', version, /^Hostname=(\S+)$/m.exec(body)?.[1]];
}

/** What curl's own write-out tells of a call. */
type Result = Pick<Call, 'id' | 'code' | 'exit' | 'ms' | 'error' | 'from' | 'to' | 'server'>;

/** Reads a line of curl's own write-out: the call's id, a space, `%{json}`, and where it is asked for a tab (JSON has none) and `%header{server}`. */
export function readResult(line: string): Result | undefined {
  const space = line.indexOf(' ');
  const [json = '', server = ''] = line.slice(space + 1).split('\t');
  try {
    const told = JSON.parse(json) as {
      http_code: number;
      exitcode: number;
      errormsg: string | null;
      time_total: number;
      local_ip?: string;
      local_port?: number;
      remote_ip?: string;
      remote_port?: number;
    };
    if (typeof told.exitcode !== 'number' || typeof told.http_code !== 'number') return undefined;
    const ms = Math.round(told.time_total * 1000);
    return {
      id: line.slice(0, space),
      code: told.http_code,
      exit: told.exitcode,
      ms,
      error: told.errormsg ?? undefined,
      ...(told.local_port ? { from: `${told.local_ip}:${told.local_port}` } : {}),
      ...(told.remote_port ? { to: `${told.remote_ip}:${told.remote_port}` } : {}),
      // a curl that does not know %header writes it as it stands
      server: server.startsWith('%header') ? undefined : server.trim() || undefined,
    };
  } catch {
    return undefined;
  }
}
