import type { Target } from '../kube/kubectl.js';
import { podLog } from '../kube/pods.js';
import type { Batch, Call } from './batch-answers.js';
import { httpUrl } from './curl-command.js';
import type { ProxyOf } from './proxy.js';
import { orUndetermined } from '../kernel/undetermined.js';

/** One line of a proxy's JSON access log. */
export interface AccessLogEntry {
  request_id: string | null;
  /** Host and port of the call; null without HTTP. */
  authority: string | null;
  path: string | null;
  response_code: number;
  response_flags: string;
  /** `ip:port`; null when no upstream was reached. */
  upstream_host: string | null;
  upstream_cluster: string | null;
  /** Why a connection to the upstream failed, in the words of Envoy and its TLS library. */
  upstream_transport_failure_reason: string | null;
  /** Of HTTP; `block_all` answers 502 to what is not registered. */
  route_name: string | null;
  /** `ip:port` of the caller. */
  downstream_remote_address: string | null;
  /** `ip:port` that was called. */
  downstream_local_address: string | null;
  /** ISO 8601, by the clock of the node. */
  start_time: string;
  [field: string]: unknown;
}

/** The JSON access log of a workload's proxy. Envoy writes it up to a second late. */
export async function accessLog(cluster: Target, proxy: ProxyOf, sinceSeconds: number): Promise<AccessLogEntry[]> {
  const { namespace, workload, signal } = proxy;
  const text = await orUndetermined(`reading the access log of ${namespace}/${workload}`, cluster.name, () =>
    podLog(cluster, namespace, workload, 'istio-proxy', sinceSeconds, { signal }),
  );
  return readAccessLog(text);
}

/** Reads the lines of a proxy's log that are access log entries; Envoy's own messages stand between them. */
export function readAccessLog(text: string): AccessLogEntry[] {
  const entries: AccessLogEntry[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      const entry = JSON.parse(line) as Partial<AccessLogEntry>;
      if (typeof entry.response_code === 'number') entries.push(entry as AccessLogEntry);
    } catch {
      // a line that is cut off where the log was rotated
    }
  }
  return entries;
}

/**
 * The entries of each call of some batches, in the order of the calls. What is no HTTP to the proxy has no request id in its
 * log, but the addresses of both its ends; one is not enough, as calls to two addresses may come from one port. A call whose
 * addresses curl does not know, or whose port was changed on the way (the redirection to the proxy does so when another
 * connection has had the port lately), is given a connection that is nobody else's, to the same address (or port, where curl
 * does not know more) since its batch was sent, by the clocks of this machine and of the node. Calls of a batch that shared a
 * connection, as HTTP/2 does, share its entry too.
 */
export function entriesOfCalls(batches: readonly Batch[], log: readonly AccessLogEntry[]): AccessLogEntry[][] {
  const all = batches.flatMap(({ calls }) => calls);
  const unclaimed = log.filter((entry) => entry.request_id === null && !all.some((call) => isOf(entry, call)));
  return batches.flatMap(({ calls, url, sentAt }) => {
    // by the connection that calls were made on
    const shared = new Map<string, AccessLogEntry[]>();
    return calls.map((call) => {
      const { id, from, to } = call;
      const connection = `${from} ${to}`;
      const own = log.filter((entry) => (entry.request_id === null ? isOf(entry, call) : entry.request_id === id));
      if (own.length > 0) return own;
      if (shared.has(connection)) return shared.get(connection)!;
      const target = to ?? `:${new URL(httpUrl(url)).port}`;
      const i = unclaimed.findIndex(
        ({ downstream_local_address: called, start_time }) =>
          called?.endsWith(target) && Date.parse(start_time) >= sentAt,
      );
      if (i < 0) return [];
      const given = unclaimed.splice(i, 1);
      if (from !== undefined) shared.set(connection, given);
      return given;
    });
  });
}

/** Whether an entry without a request id is of the connection that a call was made on. */
function isOf(entry: AccessLogEntry, { from, to }: Pick<Call, 'from' | 'to'>): boolean {
  if (from === undefined || from !== entry.downstream_remote_address) return false;
  return to === undefined || to === entry.downstream_local_address;
}
