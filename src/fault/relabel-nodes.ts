import type { ClusterHandle } from '../provider/cluster-handle.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { restart, type Breakage } from './breakage.js';

/** Changes region and zone of every node of a cluster. sleep is restarted: a proxy is told where it is when it connects. */
export async function relabelNodes(
  cluster: ClusterHandle,
  breakage: Breakage,
  { region, zone }: { region: string; zone: string },
): Promise<void> {
  const sleepAgain = (): Promise<void> => restart(cluster, sampleNamespace, 'deployment/sleep');
  breakage.afterwards(`${cluster.name}: sleep was started elsewhere`, sleepAgain);
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  for (const { name } of cluster.nodes)
    await breakage.edit(cluster, 'default', `node/${name}`, { metadata: { labels } });
  await sleepAgain();
}
