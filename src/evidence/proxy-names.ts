import type { V1Node, V1Pod, V1Service } from '@kubernetes/client-node';
import { proxyOf } from '../check/object-kinds.js';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import type { Names } from './normalise-configuration.js';

/** What is running in a cluster, as far as proxies' configuration speaks of it. */
export interface ClusterObjects {
  cluster: string;
  pods: V1Pod[];
  services: V1Service[];
  nodes: V1Node[];
}

export async function objectsOf(cluster: Target): Promise<ClusterObjects> {
  const list = async <T>(path: string): Promise<T[]> => (await read<{ items: T[] }>(cluster, path))?.items ?? [];
  const [pods, services, nodes] = await Promise.all([
    list<V1Pod>('/api/v1/pods'),
    list<V1Service>('/api/v1/services'),
    list<V1Node>('/api/v1/nodes'),
  ]);
  return { cluster: cluster.name, pods, services, nodes };
}

/** The names of all clusters' addresses as a proxy of one cluster must read them: where ranges overlap, its own cluster counts. */
export function namesFor(own: string, all: readonly ClusterObjects[]): Names {
  const addresses = new Map<string, string>();
  const pods = new Map<string, string>();
  const inOrder = [...all].sort((a, b) => Number(a.cluster === own) - Number(b.cluster === own));
  for (const { cluster, pods: ownPods, services, nodes } of inOrder) {
    for (const pod of ownPods) {
      const workload = workloadOf(pod);
      pods.set(pod.metadata!.name!, workload);
      // a pod in its node's network has the address of the node
      if (pod.spec?.hostNetwork) continue;
      for (const { ip } of pod.status?.podIPs ?? [])
        addresses.set(ip, `pod ${cluster}/${pod.metadata!.namespace}/${workload}`);
    }
    for (const { metadata, spec, status } of services) {
      const name = `${cluster}/${metadata!.namespace}/${metadata!.name}`;
      for (const ip of spec?.clusterIPs ?? []) if (ip !== 'None') addresses.set(ip, `service ${name}`);
      for (const { ip } of status?.loadBalancer?.ingress ?? []) if (ip) addresses.set(ip, `load balancer ${name}`);
    }
    for (const { status } of nodes)
      for (const { type, address } of status?.addresses ?? [])
        if (type === 'InternalIP') addresses.set(address, `node of ${cluster}`);
  }
  return { addresses, pods };
}

/** The Deployment, StatefulSet or DaemonSet of a pod by its owner; a pod without one is its own workload. */
export function workloadOf({ metadata }: V1Pod): string {
  const [owner] = metadata?.ownerReferences ?? [];
  const hash = metadata?.labels?.['pod-template-hash'];
  if (!owner) return metadata!.name!;
  return hash && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name;
}

/** Whether a pod runs a proxy that can be asked. */
export function hasProxy(pod: V1Pod): boolean {
  const running = pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined;
  return running && proxyOf(pod) !== undefined;
}
