import type { V1Deployment, V1ObjectMeta } from '@kubernetes/client-node';
import { settleAll } from '../kernel/cancellation.js';
import { read, remove, selecting } from './api.js';
import type { Target } from './kubectl.js';
import { endPods } from './pods.js';

/** An object as a list of the API server has it: without its kind. */
export interface Listed {
  metadata: V1ObjectMeta;
}

export const workloads = ['/apis/apps/v1/deployments', '/apis/apps/v1/daemonsets', '/apis/apps/v1/statefulsets'];

/**
 * Kinds of everything that an installation of Istio has, whatever its values, and that meshproof puts into namespaces; webhooks first, so that
 * none of them refuses the rest. Types of Istio's are not among them.
 */
const kinds = [
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
  '/apis/policy/v1/poddisruptionbudgets',
  ...workloads,
  '/api/v1/services',
  '/apis/discovery.k8s.io/v1/endpointslices',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/serviceaccounts',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions',
  '/api/v1/resourcequotas',
];

/** Where the API server keeps the types that were added to it. */
export const typesPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const nameOf = ({ metadata }: Listed): string => metadata.name!;

/** Objects of a kind, by their metadata; none where the API server does not know the kind. */
export function list(cluster: Target, kind: string, selector = ''): Promise<Listed[]> {
  return listWhole<Listed>(cluster, kind, selector, true);
}

export async function listWhole<T>(
  cluster: Target,
  kind: string,
  selector: string,
  metadataOnly = false,
): Promise<T[]> {
  const path = selector === '' ? kind : `${kind}${selecting(selector)}`;
  return (await read<{ items: T[] }>(cluster, path, { metadataOnly }))?.items ?? [];
}

/** Where the API server keeps an object of a kind. */
export function pathOf(kind: string, { metadata: { name, namespace } }: Listed): string {
  if (namespace === undefined) return `${kind}/${name}`;
  const at = kind.lastIndexOf('/');
  return `${kind.slice(0, at)}/namespaces/${namespace}${kind.slice(at)}/${name}`;
}

/** Removes the objects of all kinds that a label selector picks, and of which `is` is true. */
export async function removeSelected(
  cluster: Target,
  selector: string,
  is: (metadata: V1ObjectMeta) => boolean = () => true,
): Promise<void> {
  const found = await settleAll(kinds.map(async (kind) => [kind, await list(cluster, kind, selector)] as const));
  for (const [kind, objects] of found) {
    const own = objects.filter(({ metadata }) => is(metadata));
    await settleAll(own.map((object) => remove(cluster, pathOf(kind, object))));
  }
}

/**
 * Deletes the Deployments that a label selector picks and for which `is` is true, and deletes their pods within a
 * second, without waiting. The pods go first: those that their Deployment deletes keep their own grace period. Their
 * replacements have not started when the Deployment goes.
 */
export async function endDeployments(
  cluster: Target,
  selector: string,
  is: (metadata: V1ObjectMeta) => boolean = () => true,
): Promise<void> {
  const [deployments] = workloads as [string];
  const found = await listWhole<V1Deployment & Listed>(cluster, deployments, selector);
  await settleAll(
    found
      .filter(({ metadata }) => is(metadata))
      .map(async (deployment) => {
        const labels = Object.entries(deployment.spec?.selector.matchLabels ?? {}).map(
          ([key, value]) => `${key}=${value}`,
        );
        await endPods(cluster, deployment.metadata.namespace!, labels.join(','));
        await remove(cluster, pathOf(deployments, deployment));
      }),
  );
}
