import { orUndetermined, Undetermined } from '../kernel/undetermined.js';
import type { Target } from '../kube/kubectl.js';
import { runInShell } from '../kube/pod-shell.js';
import type { Place } from '../kube/shell-pool.js';

/** Seconds for one call. */
const limit = 3;

/** HTTP statuses of calls in a row from a container, 0 where there was no answer. Throws Undetermined where it has no shell or no curl. */
export async function plainCalls(
  cluster: Target,
  place: Place,
  url: string,
  count: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const call = `curl -s -o /dev/null -m ${limit} -w '%{http_code}\\n' '${url}' || true`;
  const script = `command -v curl >/dev/null || { echo none; exit 0; }\nfor i in $(seq ${count}); do ${call}; done`;
  const asking = `calling ${url} from ${place.namespace}/${place.workload}`;
  const text = await orUndetermined(asking, cluster.name, () =>
    runInShell(cluster, place, script, { timeout: 5 + limit * count, signal }),
  );
  if (text.trim() === 'none')
    throw new Undetermined(`${cluster.name}: ${asking}: its container ${place.container} has no curl`);
  return text.trim().split('\n').map(Number);
}
