import { randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import { parseAllDocuments } from 'yaml';
import type { Plan } from '../../topology/plan-types.js';
import { Refused } from '../../kube/api.js';
import { applyPatiently } from '../../kube/outage.js';
import { currentSignal } from '../../kernel/cancellation.js';
import type { ClusterWatch } from '../../kube/cluster-watch.js';
import type { ClusterHandle } from '../cluster-handle.js';
import { documents } from '../../kube/yaml-documents.js';

interface Workload {
  kind?: string;
  spec?: { template?: { spec?: { containers?: { name: string; image: string; args?: string[] }[] } } };
}

/**
 * The manifest as the harness installs it: with the plan's images, and without MetalLB's admission webhook. The plan has
 * validated the ranges already, and the webhook's certificate takes longer to arrive than all the rest.
 */
export function adaptManifest(manifest: string, images: Plan['images']): string {
  const objects = parseAllDocuments(manifest)
    .map((document) => document.toJS() as Workload | null)
    .filter((object) => object !== null && !['ValidatingWebhookConfiguration', 'Service'].includes(object.kind ?? ''));
  for (const object of objects) {
    for (const container of object?.spec?.template?.spec?.containers ?? []) {
      if (container.name === 'speaker') container.image = images['metallb-speaker'];
      if (container.name !== 'controller') continue;
      container.image = images['metallb-controller'];
      container.args = [...(container.args ?? []), '--webhook-mode=disabled'];
    }
  }
  // the controller would make it too, but the speaker's pod, waiting for it, looks again only after its back-off
  const secretkey = randomBytes(32).toString('base64');
  const metadata = { name: 'memberlist', namespace: 'metallb-system' };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { secretkey } };
  return documents([...objects.filter((object) => object !== null), secret]);
}

/** Installs MetalLB and gives it the cluster's range; ends when services of type LoadBalancer can get an address. */
export async function installMetalLB(
  cluster: ClusterHandle,
  watch: ClusterWatch,
  manifest: string,
  images: Plan['images'],
): Promise<void> {
  await applyPatiently(cluster, adaptManifest(manifest, images));
  const { first, last } = cluster.loadBalancerRange;
  const metadata = { name: 'meshproof', namespace: 'metallb-system' };
  const pool = [
    { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata, spec: { addresses: [`${first}-${last}`] } },
    { apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', metadata },
  ];
  // its types are served a moment after they are created
  await pRetry(() => applyPatiently(cluster, documents(pool)), {
    retries: 40,
    factor: 1,
    minTimeout: 250,
    signal: currentSignal(),
    shouldRetry: ({ error }) => error instanceof Refused,
  });
  await watch.deployment('metallb-system', 'controller', 120);
  await watch.daemonset('metallb-system', 'speaker', 120);
}
