import type { V1Pod } from '@kubernetes/client-node';
import { isAlive, proxyOf } from '../check/object-kinds.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { read } from '../kube/api.js';
import { selectorText } from '../kube/pods.js';
import type { Target } from '../kube/kubectl.js';

/** Throws (exit 4) where a pod of the load has no sidecar: its calls would be answered, and say nothing of the mesh. */
export async function allInjected(
  cluster: Target,
  namespace: string,
  injection: Readonly<Record<string, string>>,
): Promise<void> {
  const pods = (await read<{ items: V1Pod[] }>(cluster, `/api/v1/namespaces/${namespace}/pods`))?.items ?? [];
  const bare = pods.filter((pod) => isAlive(pod) && !proxyOf(pod)).map(({ metadata }) => metadata!.name!);
  if (bare.length === 0) return;
  throw new MeshproofError(`pods of the load have no sidecar: ${bare.join(', ')}`, exitCode.environment, {
    where: `${cluster.name}/${namespace}`,
    expected: `a webhook of Istio that injects the pods of a namespace with the label ${selectorText(injection)}`,
    remedy: 'look for the webhook: kubectl get mutatingwebhookconfigurations -l app=sidecar-injector',
  });
}
