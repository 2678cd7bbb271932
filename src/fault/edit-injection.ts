import { kubectl } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { restart, type Breakage } from './breakage.js';
import { editInjectors } from './edit-webhooks.js';

/**
 * Makes the injector of a cluster give proxies another cluster name or network, by the path of its webhook, and begins to replace
 * sleep. The pod before it stays until the new one is ready.
 */
export async function tellProxies(
  cluster: ClusterHandle,
  breakage: Breakage,
  told: { name?: string; network?: string },
): Promise<void> {
  const sleep = 'deployment/sleep';
  breakage.afterwards(`${cluster.name}: a pod with other settings`, () => restart(cluster, sampleNamespace, sleep));
  const { name, network } = { ...cluster, ...told };
  const path = `/inject/cluster/${name}/net/${network}`;
  await editInjectors(cluster, breakage, (webhook) => ({
    ...webhook,
    clientConfig: { ...webhook.clientConfig, service: { ...webhook.clientConfig.service, path } },
  }));
  await kubectl(cluster, ['-n', sampleNamespace, 'rollout', 'restart', sleep]);
}
