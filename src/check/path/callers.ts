import type { V1Pod } from '@kubernetes/client-node';
import type { ClusterView } from '../cluster-view.js';
import type { MeshView } from '../mesh-view.js';
import { isAlive, isReady, proxyOf, selects } from '../object-kinds.js';
import type { Called, Caller } from './path-types.js';

/** The pod by which a cluster's calls to a service are followed: its client, else a pod of the service's namespace that is not of the service itself. */
export async function callerIn(mesh: MeshView, cluster: ClusterView, called: Called): Promise<Caller | undefined> {
  const client = mesh.clientIn(cluster);
  const namespace = client?.namespace ?? called.namespace;
  const pods = (await cluster.list('pods', namespace)).filter(isAlive);
  const services = await cluster.list('services', called.namespace);
  const selector = services.find(({ metadata }) => metadata?.name === called.name)?.spec?.selector ?? {};
  const own = client ? pods.filter((pod) => isOfClient(pod, client.workload)) : pods;
  const rank = (pod: V1Pod): number =>
    (isReady(pod) ? 0 : 4) +
    (proxyOf(pod) ? 0 : 2) +
    (namespace === called.namespace && Object.keys(selector).length > 0 && selects(selector, pod.metadata?.labels)
      ? 1
      : 0);
  const [best] = own.sort((a, b) => rank(a) - rank(b));
  return best && { cluster: cluster.name, namespace, pod: best.metadata!.name! };
}

function isOfClient({ metadata }: V1Pod, workload: string): boolean {
  const name = workload.split('/').pop()!;
  return metadata?.name === name || (metadata?.name?.startsWith(`${name}-`) ?? false);
}
