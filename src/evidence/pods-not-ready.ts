import { kubectl, kubectlJson, type Target } from '../kube/kubectl.js';
import { saysReady } from '../kube/ready-condition.js';

interface PodList {
  items: {
    metadata: { name: string; namespace: string };
    status: {
      phase?: string;
      conditions?: { type: string; status: string }[];
      containerStatuses?: { name: string; restartCount: number }[];
    };
  }[];
}

/** Descriptions of the pods that are not ready, with the last words of their containers before. `timeout` in seconds for each command. */
export async function notReady(cluster: Target, timeout: number): Promise<string> {
  const options = { timeout, uninterruptible: true };
  const pods = (await kubectlJson<PodList>(cluster, ['get', 'pods', '-A'], options)).items.filter(
    (pod) => pod.status.phase !== 'Succeeded' && !saysReady(pod),
  );
  if (pods.length === 0) return 'every pod is ready';
  // one cause often has many pods; twenty show it
  const texts = pods.slice(0, 20).map(async ({ metadata: { name, namespace }, status }) => {
    const parts = [kubectl(cluster, ['describe', 'pod', '-n', namespace, name], options)];
    for (const container of status.containerStatuses ?? []) {
      if (container.restartCount === 0) continue;
      parts.push(
        kubectl(cluster, ['logs', '-n', namespace, name, '-c', container.name, '--previous', '--tail=200'], options),
      );
    }
    const done = await Promise.allSettled(parts);
    return done.map((part) => (part.status === 'fulfilled' ? part.value : String(part.reason))).join('\n');
  });
  return (await Promise.all(texts)).join('\n\n');
}
