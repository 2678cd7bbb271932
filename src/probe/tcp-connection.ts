import { orUndetermined } from '../kernel/undetermined.js';
import type { Target } from '../kube/kubectl.js';
import { runInShell } from '../kube/pod-shell.js';

/** What became of a TCP connection. */
export type Connected = 'connects' | 'refused' | 'no answer';

/** Seconds for the other side to answer: a connection inside a mesh takes milliseconds. */
const limit = 2;

/**
 * Opens TCP connections to `address:port`, side by side, from where a workload's proxy opens its own: its container, whose traffic
 * no sidecar takes. Nothing is sent. Throws Undetermined where the container has no shell or no curl.
 */
export async function tryConnections(
  cluster: Target,
  { namespace, workload }: { namespace: string; workload: string },
  targets: readonly string[],
  {
    signal,
    from,
  }: { signal?: AbortSignal; /** Address of the pod's own that connections come from. */ from?: string } = {},
): Promise<Connected[]> {
  const format = '%{time_connect}';
  const calls = targets.map(
    (target, i) =>
      `(t=$(curl -s${from ? ` --interface ${from}` : ''} -o /dev/null --connect-timeout ${limit} -m ${limit} -w '${format}' 'telnet://${target}' </dev/null); echo "${i} $? $t") &`,
  );
  const place = { namespace, workload, container: 'istio-proxy' };
  const script = `command -v curl >/dev/null || exit 3\n${calls.join('\n')}\nwait`;
  const text = await orUndetermined(`opening connections from ${namespace}/${workload}`, cluster.name, () =>
    runInShell(cluster, place, script, { timeout: 20, signal }),
  );
  return readConnections(text, targets.length);
}

/** Reads lines of `<number> <curl's exit code> <seconds until it was connected>`. Exported for its test. */
export function readConnections(text: string, count: number): Connected[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return Array.from({ length: count }, (_, i) => {
    const [, exit, seconds] = lines.find(([number]) => number === String(i)) ?? [];
    if (Number(seconds) > 0) return 'connects';
    return exit === '28' ? 'no answer' : 'refused';
  });
}
