import type { V1CustomResourceDefinition, V1Deployment, V1ObjectMeta } from '@kubernetes/client-node';
import { change, read, remove, selecting } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { endPods } from '../kube/pods.js';
import { currentSignal, settleAll } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { converge, ConvergenceError } from '../kernel/converge.js';
import { installedBy, installedSelector, lentLabel, managedByLabel, runLabel, runSelector } from './layout.js';

/** An object as a list of the API server has it: without its kind. */
interface Listed {
  metadata: V1ObjectMeta;
}

const workloads = ['/apis/apps/v1/deployments', '/apis/apps/v1/daemonsets', '/apis/apps/v1/statefulsets'];

/**
 * Kinds of everything that istioctl installs, whatever the values, and that meshproof puts into namespaces; webhooks first, so that
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
];

const typesPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Objects of a kind, by their metadata; none where the API server does not know the kind. */
function list(cluster: Target, kind: string, selector = ''): Promise<Listed[]> {
  return listWhole<Listed>(cluster, kind, selector, true);
}

async function listWhole<T>(cluster: Target, kind: string, selector: string, metadataOnly = false): Promise<T[]> {
  const path = selector === '' ? kind : `${kind}${selecting(selector)}`;
  return (await read<{ items: T[] }>(cluster, path, { metadataOnly }))?.items ?? [];
}

/** Where the API server keeps an object of a kind. */
function pathOf(kind: string, { metadata: { name, namespace } }: Listed): string {
  if (namespace === undefined) return `${kind}/${name}`;
  const at = kind.lastIndexOf('/');
  return `${kind.slice(0, at)}/namespaces/${namespace}${kind.slice(at)}/${name}`;
}

/** Of every kind the objects that a label selector picks. */
function selected(cluster: Target, selector: string): Promise<(readonly [string, Listed[]])[]> {
  return settleAll(kinds.map(async (kind) => [kind, await list(cluster, kind, selector)] as const));
}

/** Removes the objects of all kinds that a label selector picks. */
async function removeSelected(cluster: Target, selector: string): Promise<void> {
  for (const [kind, objects] of await selected(cluster, selector))
    await settleAll(objects.map((object) => remove(cluster, pathOf(kind, object))));
}

/**
 * Ends the Deployments that a label selector picks, and their pods, within a second; does not wait for it. Pods that their
 * Deployment takes along are given their own time, which nobody can shorten any more; those that replace the ones that
 * end here have not started when it goes.
 */
export async function endDeployments(cluster: Target, selector: string): Promise<void> {
  const [deployments] = workloads as [string];
  await settleAll(
    (await listWhole<V1Deployment & Listed>(cluster, deployments, selector)).map(async (deployment) => {
      const labels = Object.entries(deployment.spec?.selector.matchLabels ?? {}).map(
        ([key, value]) => `${key}=${value}`,
      );
      await endPods(cluster, deployment.metadata.namespace!, labels.join(','));
      await remove(cluster, pathOf(deployments, deployment));
    }),
  );
}

/**
 * Removes what istioctl installed for the run, which it has labelled with the name of the run's IstioOperator: each object for
 * itself. A type of Istio's goes too unless it was there before or somebody else's object is of that type. Returns, in words,
 * what of the run's is left for the sake of others.
 */
export async function removeInstalled(cluster: Target, runId: string, before: readonly string[]): Promise<string[]> {
  const types = await listWhole<V1CustomResourceDefinition & Listed>(cluster, typesPath, installedSelector(runId));
  const others = await othersInstallations(cluster, runId);
  const own = new Set((await list(cluster, '/api/v1/namespaces', runSelector(runId))).map(nameOf));
  const left: string[] = [];
  await settleAll(
    types.map(async (type) => {
      const name = type.metadata.name!;
      const why = before.includes(`customresourcedefinitions/${name}`)
        ? 'it was there before'
        : (others[0] ?? (await usedBy(cluster, type, runId, own)));
      if (why === undefined) return remove(cluster, `${typesPath}/${name}`);
      left.push(`customresourcedefinitions/${name} (${why})`);
      for (const object of await list(cluster, objectsOf(type), runSelector(runId)))
        await remove(cluster, pathOf(objectsOf(type), object));
    }),
  );
  await removeSelected(cluster, installedSelector(runId));
  return left;
}

const nameOf = ({ metadata }: Listed): string => metadata.name!;

/** Control planes in the cluster that the run did not install, in words. */
export async function othersInstallations(cluster: Target, runId: string): Promise<string[]> {
  const istiods = await list(cluster, workloads[0]!, 'app=istiod');
  return istiods
    .filter(({ metadata }) => !installedBy(metadata.labels, runId))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} needs it`);
}

/** Where the API server keeps the objects of a type. */
function objectsOf({ spec: { group, names, versions } }: V1CustomResourceDefinition): string {
  const version = versions.find(({ storage, served }) => storage && served) ?? versions.find(({ served }) => served);
  return `/apis/${group}/${version!.name}/${names.plural}`;
}

/** An object of the type that is not the run's, in words. */
async function usedBy(
  cluster: Target,
  type: V1CustomResourceDefinition,
  runId: string,
  own: ReadonlySet<string>,
): Promise<string | undefined> {
  const objects = await list(cluster, objectsOf(type));
  const other = objects.find(
    ({ metadata: { namespace, labels } }) =>
      !own.has(namespace!) && labels?.[runLabel] !== runId && !installedBy(labels, runId),
  );
  return other && `${other.metadata.namespace}/${other.metadata.name} is of this type`;
}

/** Waits until all is gone that `removeInstalled` and `removeNamespaces` have deleted. Throws (exit 4) after 90 s. */
export async function removedEntirely(cluster: Target, runId: string, left: readonly string[]): Promise<void> {
  const kept = left.map((text) => text.split(' ')[0]!);
  const there = async (): Promise<string[]> => {
    const [types, namespaces] = await Promise.all([
      list(cluster, typesPath, installedSelector(runId)),
      list(cluster, '/api/v1/namespaces', runSelector(runId)),
    ]);
    return [
      ...types.map((type) => `customresourcedefinitions/${nameOf(type)}`),
      ...namespaces.map((namespace) => `namespaces/${nameOf(namespace)}`),
    ].filter((name) => !kept.includes(name));
  };
  const check = (names: string[]) =>
    names.length === 0
      ? ({ ok: true } as const)
      : { ok: false as const, expected: `nothing of run ${runId} in ${cluster.name}`, got: names.join(', ') };
  await converge(there, check, { timeout: 90_000, interval: 250, backoff: 1, signal: currentSignal() }).catch(
    (error: unknown) => {
      if (!(error instanceof ConvergenceError)) throw error;
      const names = (error as ConvergenceError<string[]>).last.join(', ');
      throw new MeshproofError(`what was deleted is still there after 90 s: ${names}`, exitCode.environment, {
        where: cluster.name,
        expected: `nothing of run ${runId}`,
        remedy: 'see what keeps it, such as finalizers: kubectl get -o yaml; then try again',
        cause: error,
      });
    },
  );
}

/**
 * Deletes the namespaces that carry the run's label, without waiting for it. One that was there before, or in which a workload
 * of somebody else's runs, is left: what the run has put into it is removed, and so are its labels. Returns such, in words.
 */
export async function removeNamespaces(cluster: Target, runId: string, before: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const namespace of await list(cluster, '/api/v1/namespaces', runSelector(runId))) {
    const name = nameOf(namespace);
    const why = before.includes(`namespaces/${name}`)
      ? 'it was there before'
      : namespace.metadata.labels?.[lentLabel] === undefined
        ? await workloadOfOthers(cluster, name, runId)
        : undefined;
    const path = `/api/v1/namespaces/${name}`;
    if (why === undefined) {
      await remove(cluster, path);
      continue;
    }
    left.push(`namespaces/${name} (${why})`);
    await removeSelected(cluster, runSelector(runId));
    await change(cluster, path, { metadata: { labels: { [runLabel]: null, [managedByLabel]: null } } });
  }
  return left;
}

async function workloadOfOthers(cluster: Target, namespace: string, runId: string): Promise<string | undefined> {
  for (const kind of workloads) {
    const found = await list(cluster, kind.replace(/\/([a-z]+)$/, `/namespaces/${namespace}/$1`));
    const other = found.find(({ metadata: { labels } }) => labels?.[runLabel] !== runId && !installedBy(labels, runId));
    if (other) return `${kind.split('/').pop()}/${nameOf(other)} in it is somebody else's`;
  }
  return undefined;
}
