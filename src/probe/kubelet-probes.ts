import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';
import { saysReady } from '../kube/ready-condition.js';

/** What the kubelet's probes have found out about every pod of a namespace: `<pod>: ready`, or why not in the kubelet's own words. */
export async function probeResults(cluster: Target, namespace: string, signal?: AbortSignal): Promise<string[]> {
  const get = async <T>(what: string): Promise<T[]> =>
    (await read<{ items: T[] }>(cluster, `/api/v1/namespaces/${namespace}/${what}`, { signal }))?.items ?? [];
  const [pods, events] = await orUndetermined(`reading the probes of ${namespace}`, cluster.name, () =>
    Promise.all([get<V1Pod>('pods'), get<CoreV1Event>('events?fieldSelector=reason%3DUnhealthy')]),
  );
  return pods.map((pod) => probeResult(pod, events));
}

/** The result for one pod, of the events of its namespace. Exported for its test. */
export function probeResult({ metadata, status }: V1Pod, events: readonly CoreV1Event[]): string {
  const ready = saysReady({ status });
  const restarts = (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
  const failed = events
    .filter(({ involvedObject }) => involvedObject.uid === metadata?.uid)
    // a repeated event is one event with a later time
    .sort((a, b) => String(a.lastTimestamp).localeCompare(String(b.lastTimestamp)))
    .at(-1)
    ?.message?.split(': ')
    .at(-1);
  const words = [ready ? 'ready' : `not ready, ${failed ?? 'no probe has failed'}`];
  if (restarts > 0) words.push(`restarted ${restarts} times`);
  return `${metadata?.name}: ${words.join(', ')}`;
}
