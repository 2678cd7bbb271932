import { kubectl } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { Breakage } from './breakage.js';

/** An entry of a MutatingWebhookConfiguration. */
interface Webhook {
  clientConfig: { service?: object; [field: string]: unknown };
  [field: string]: unknown;
}

/** Changes every injection webhook of a cluster. */
export async function editInjectors(
  cluster: ClusterHandle,
  breakage: Breakage,
  change: (webhook: Webhook) => Webhook,
): Promise<void> {
  const found = await kubectl(cluster, [
    'get',
    'mutatingwebhookconfigurations',
    '-l',
    'app=sidecar-injector',
    '-o',
    'name',
  ]);
  for (const name of found.split('\n').filter((line) => line !== '')) {
    await breakage.edit(cluster, 'default', name, (object) => {
      const { webhooks = [] } = object as { webhooks?: Webhook[] };
      return { ...object, webhooks: webhooks.map(change) };
    });
  }
}
