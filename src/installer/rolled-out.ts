import type { V1Deployment } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { LiveCluster } from '../provider/cluster-source.js';

/** Seconds for a Deployment of Istio to have its new pods, and no others. */
const limit = 180;

/** Waits until a Deployment has all its pods in the form that it was last given; a watch may not have been told of that yet. */
export async function rolledOut({ handle, watch }: LiveCluster, namespace: string, name: string): Promise<void> {
  const now = await read<V1Deployment>(handle, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  await watch.rolledOut('deployments', namespace, name, limit, now?.metadata?.generation);
}
