import type { CoreV1Event, V1Deployment, V1ObjectMeta, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { podTrouble, refusalMessage } from '../kube/pod-trouble.js';

/**
 * Why pods of a namespace do not run, in words, for reasons that say nothing about the mesh. A pod cannot be scheduled,
 * its image cannot be pulled, or a quota or another webhook refuses the pods. Empty if there is no obstacle. `only`
 * selects objects by their metadata.
 */
export async function obstacles(
  cluster: Target,
  namespace: string,
  { only = () => true, signal }: { only?: (metadata?: V1ObjectMeta) => boolean; signal?: AbortSignal } = {},
): Promise<string[]> {
  const list = async <T>(api: string, what: string): Promise<T[]> =>
    (await read<{ items: T[] }>(cluster, `${api}/namespaces/${namespace}/${what}`, { signal }))?.items ?? [];
  const [pods, deployments, statefulSets, events] = await Promise.all([
    list<V1Pod>('/api/v1', 'pods'),
    list<V1Deployment>('/apis/apps/v1', 'deployments'),
    list<V1StatefulSet>('/apis/apps/v1', 'statefulsets'),
    list<CoreV1Event>('/api/v1', 'events?fieldSelector=reason%3DFailedCreate'),
  ]);
  const words = [
    ...pods.filter(({ metadata }) => only(metadata)).map((pod) => podObstacle(pod)),
    ...deployments.filter(({ metadata }) => only(metadata)).map(refusedDeployment),
    ...statefulSets.filter(({ metadata }) => only(metadata)).map((one) => refusedStatefulSet(one, events)),
  ];
  const found = words.filter((word) => word !== undefined);
  return [...new Set(found)].map((word) => `${cluster.name}/${namespace}: ${word}`);
}

/** Is an object istiod or a gateway of Istio's, or a pod of one? */
export function isOfIstio(metadata: V1ObjectMeta = {}): boolean {
  const { app, istio } = metadata.labels ?? {};
  return app === 'istiod' || istio !== undefined;
}

/** Exported for its test, as are the others below. A pod that is younger than its trouble may last has none yet. */
export function podObstacle(pod: V1Pod, now = Date.now()): string | undefined {
  const trouble = podTrouble(pod);
  const since = Date.parse(String(pod.metadata?.creationTimestamp ?? ''));
  if (trouble && now - since < trouble.grace * 1000) return undefined;
  const known = trouble?.kind === 'unschedulable' || trouble?.kind === 'image';
  return known ? `pod ${trouble.pod} ${trouble.reason}; to do: ${trouble.remedy}` : undefined;
}

export function refusedDeployment(deployment: V1Deployment): string | undefined {
  return refusal(`deployment ${deployment.metadata?.name}`, refusalMessage(deployment));
}

/** A StatefulSet has no condition for it, and only its events tell. */
export function refusedStatefulSet(
  { metadata, spec, status }: V1StatefulSet,
  events: readonly CoreV1Event[],
): string | undefined {
  if ((status?.replicas ?? 0) >= (spec?.replicas ?? 1)) return undefined;
  const event = events.findLast(({ involvedObject }) => involvedObject.uid === metadata?.uid);
  return refusal(`statefulset ${metadata?.name}`, event?.message);
}

/** Istio's own webhooks are part of the mesh: what they refuse, or that they do not answer, is for the behaviour to judge. */
function refusal(workload: string, message: string | undefined): string | undefined {
  if (!message || /webhook "[^"]*istio\.io"/.test(message)) return undefined;
  const remedy = 'allow these pods in the namespaces of behaviours (quotas, limits, admission policies)';
  return `the pods of ${workload} are refused: ${message.slice(0, 300)}; to do: ${remedy}`;
}
