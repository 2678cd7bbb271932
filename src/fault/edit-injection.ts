import type { ClusterHandle } from '../provider/cluster-handle.js';
import { injectorName, istiodName } from '../topology/istio-names.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { restart, type Breakage } from './breakage.js';

/** Makes the injector of a cluster set a different value in proxies, and restarts sleep with it. */
export async function tellProxies(
  cluster: ClusterHandle,
  breakage: Breakage,
  value: 'clusterName' | 'network',
  told: string,
): Promise<void> {
  const { namespace } = cluster.istio;
  const restarted = async (): Promise<void> => {
    // what it injects it reads when it starts
    await restart(cluster, namespace, `deployment/${istiodName(cluster.istio)}`);
    await restart(cluster, sampleNamespace, 'deployment/sleep');
  };
  breakage.afterwards(`${cluster.name}: a pod with other settings`, restarted);
  await breakage.edit(cluster, namespace, `configmap/${injectorName(cluster.istio)}`, (object) => {
    const { data } = object as { data: { values: string } };
    const values = data.values.replace(new RegExp(`"${value}":\\s*"[^"]*"`, 'g'), `"${value}": "${told}"`);
    return { ...object, data: { ...data, values } };
  });
  await restarted();
}
