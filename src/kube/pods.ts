import type { V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { read, refused, remove, request, selecting, type ReadOptions } from './api.js';
import type { Target } from './kubectl.js';
import { saysReady } from './ready-condition.js';

/** What kind of workload `deploy/name`, `deployment/name` or `statefulset/name` is, as the API server calls it. */
export function workloadKind(workload: string): 'deployments' | 'statefulsets' {
  return workload.startsWith('statefulset/') ? 'statefulsets' : 'deployments';
}

/** Where the API server keeps a workload. */
export function workloadPath(namespace: string, workload: string): string {
  const [, name = ''] = workload.split('/');
  return `/apis/apps/v1/namespaces/${namespace}/${workloadKind(workload)}/${name}`;
}

/** The pods that a workload's selector picks, those that are ending included. */
export async function podsOf(
  cluster: Target,
  namespace: string,
  workload: string,
  options: ReadOptions = {},
): Promise<V1Pod[]> {
  const labels = await selectorOf(cluster, namespace, workload, options);
  if (labels === undefined) return [];
  const path = `/api/v1/namespaces/${namespace}/pods${selecting(labels)}`;
  return (await read<{ items: V1Pod[] }>(cluster, path, options))?.items ?? [];
}

/** The label selector by which a workload picks its pods; undefined if the workload or its selector does not exist. */
export async function selectorOf(
  cluster: Target,
  namespace: string,
  workload: string,
  options: ReadOptions = {},
): Promise<string | undefined> {
  const found = await read<V1Deployment | V1StatefulSet>(cluster, workloadPath(namespace, workload), options);
  return selectorText(found?.spec?.selector.matchLabels);
}

/** Labels as a selector, `app=cart,version=v1`; undefined for none. */
export function selectorText(labels: Readonly<Record<string, string>> | undefined = {}): string | undefined {
  const all = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return all.length === 0 ? undefined : all.join(',');
}

/**
 * Ends the pods of a namespace that a label selector picks, all of them with an empty one, within a second; does not wait for it.
 * By itself an istiod that serves a remote goes on until Kubernetes kills it after 30 s.
 */
export async function endPods(cluster: Target, namespace: string, labels: string): Promise<void> {
  await remove(cluster, `/api/v1/namespaces/${namespace}/pods${selecting(labels)}&gracePeriodSeconds=1`);
}

/**
 * Name of the pod that a command for a workload goes to: a ready one before others, none that is ending. A pod's own name
 * stands for itself. Throws (exit 4) where there is none.
 */
export async function podOf(
  cluster: Target,
  namespace: string,
  workload: string,
  options: ReadOptions = {},
): Promise<string> {
  if (!workload.includes('/')) return workload;
  const pods = (await podsOf(cluster, namespace, workload, options)).filter(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
  );
  const pod = pods.find(saysReady) ?? pods[0];
  if (pod) return pod.metadata!.name!;
  throw new MeshproofError(`${workload} has no pod`, exitCode.environment, {
    where: `${cluster.name}/${namespace}`,
    expected: 'a pod in which to run a command',
  });
}

/** What a container of a workload's pod has written in the last seconds. Throws (exit 4) when it cannot be read. */
export async function podLog(
  cluster: Target,
  namespace: string,
  workload: string,
  container: string,
  sinceSeconds: number,
  options: ReadOptions = {},
): Promise<string> {
  const pod = await podOf(cluster, namespace, workload, options);
  const query = `container=${container}&sinceSeconds=${Math.ceil(sinceSeconds)}`;
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
  const { status, text } = await request(cluster, { method: 'GET', path }, options);
  if (status > 299) throw refused(cluster, `GET ${path}`, status, text);
  return text;
}
