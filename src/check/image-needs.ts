import { randomBytes } from 'node:crypto';
import type { V1ContainerStatus, V1Node, V1Pod } from '@kubernetes/client-node';
import { read, remove, selecting } from '../kube/api.js';
import { apply } from '../kube/apply.js';
import type { Target } from '../kube/kubectl.js';
import { podTrouble } from '../kube/pod-trouble.js';
import type { Plan } from '../topology/plan-types.js';
import { converge, ConvergenceError } from '../kernel/converge.js';
import { lentLabel, ownerLabels } from '../run/object-labels.js';

/** What behaviours deploy; whatever the mesh itself is made of runs already. */
const roles = ['helloworld-v1', 'helloworld-v2', 'sleep', 'echo', 'httpbin'] as const;

/** Nodes that are tried. */
const mostNodes = 10;

/** Milliseconds for all images of all nodes: some are hundreds of megabytes. */
const limit = 180_000;

/** Milliseconds that a registry may be away. */
const grace = 10_000;

/**
 * Which images of behaviours the nodes of a cluster cannot get, with the reason, by their names. Tried by a pod on every node, in a
 * namespace that is gone when this ends; its containers need not run.
 */
export async function imagesOutOfReach(cluster: Target, plan: Plan): Promise<Record<string, string>> {
  const images = [...new Set(roles.map((role) => plan.images[role]))];
  const namespace = `own-${randomBytes(4).toString('hex')}`;
  const path = `/api/v1/namespaces/${namespace}`;
  const labels = { ...ownerLabels(plan), [lentLabel]: 'true', 'istio-injection': 'disabled' };
  const nodes = await usableNodes(cluster);
  const pods = nodes.map((node, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `images-${i}`, namespace, labels: ownerLabels(plan) },
    spec: {
      ...(node && { nodeName: node }),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: images.map((image, j) => ({
        name: `image-${j}`,
        image,
        imagePullPolicy: 'IfNotPresent',
        // the command does not exist: the node pulls the image, and nothing runs
        command: ['/meshproof-asks-for-the-image-only'],
        resources: { requests: { cpu: '1m' } },
      })),
    },
  }));
  try {
    await apply(
      cluster,
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
    );
    await accountGiven(cluster, `${path}/serviceaccounts/default`);
    await apply(cluster, pods.map((pod) => JSON.stringify(pod)).join('\n---\n'));
    return await untilKnown(cluster, `${path}/pods`, images);
  } finally {
    await remove(cluster, path, { uninterruptible: true });
  }
}

/** A new namespace takes no pod before it has been given its default account. */
async function accountGiven(cluster: Target, path: string): Promise<void> {
  await converge(
    (signal) => read<object>(cluster, path, { signal }),
    (found) => (found ? { ok: true } : { ok: false, expected: path, got: 'none' }),
    { timeout: 20_000 },
  );
}

/** Does a node take pods of behaviours? */
export function takesPods({ spec }: V1Node): boolean {
  return !spec?.unschedulable && !spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule');
}

/** Nodes that take pods; `undefined` for any one where they may not be listed. */
async function usableNodes(cluster: Target): Promise<(string | undefined)[]> {
  const nodes = await read<{ items: V1Node[] }>(
    cluster,
    `/api/v1/nodes${selecting('kubernetes.io/os!=windows')}`,
  ).catch(() => undefined);
  const names = (nodes?.items ?? []).filter(takesPods).map(({ metadata }) => metadata!.name!);
  return names.length > 0 ? names.slice(0, mostNodes) : [undefined];
}

async function untilKnown(cluster: Target, path: string, images: readonly string[]): Promise<Record<string, string>> {
  const ask = async (signal: AbortSignal): Promise<V1Pod[]> =>
    (await read<{ items: V1Pod[] }>(cluster, path, { signal }))?.items ?? [];
  let refusedSince = Infinity;
  const check = (pods: V1Pod[]) => {
    const states = pods.flatMap((pod) => statesOf(pod, images));
    const open = states.filter(({ state }) => state === 'open').length;
    const refused = states.some(({ state }) => state === 'refused');
    refusedSince = refused ? Math.min(refusedSince, Date.now()) : Infinity;
    const lasting = !refused || Date.now() - refusedSince > grace;
    if (pods.length > 0 && open === 0 && lasting) return { ok: true } as const;
    return { ok: false as const, expected: 'every image is pulled or refused', got: `${open} of them open` };
  };
  let pods: V1Pod[];
  try {
    ({ value: pods } = await converge(ask, check, { timeout: limit, interval: 500, backoff: 1 }));
  } catch (error) {
    if (!(error instanceof ConvergenceError)) throw error;
    pods = error.last as V1Pod[];
  }
  return outOfReach(cluster.name, pods, images);
}

/** Images that are missing on some pod's node, with the reason. Exported for its test. */
export function outOfReach(cluster: string, pods: readonly V1Pod[], images: readonly string[]): Record<string, string> {
  const found = pods.flatMap((pod) =>
    statesOf(pod, images)
      .filter(({ state }) => state === 'open' || state === 'refused')
      .map(({ image, state, why }): [string, string] => {
        const place = `${cluster}: node ${pod.spec?.nodeName ?? 'unknown'}`;
        return [
          image,
          state === 'refused' ? `${place} ${why}` : `${place} did not get ${image} within ${limit / 1000} s`,
        ];
      }),
  );
  return Object.fromEntries(found);
}

/** What a node says of each image of a pod. */
function statesOf(
  pod: V1Pod,
  images: readonly string[],
): { image: string; state: 'open' | 'there' | 'refused' | 'unknown'; why?: string }[] {
  return images.map((image, i) => {
    const status = pod.status?.containerStatuses?.find(({ name }) => name === `image-${i}`);
    // a kubelet that takes no more pods ends it before it looks at its images
    if (!status) return { image, state: pod.status?.phase === 'Failed' ? 'unknown' : 'open' };
    const trouble = podTrouble({ metadata: pod.metadata, status: { containerStatuses: [status] } });
    if (trouble?.kind === 'image') return { image, state: 'refused', why: trouble.reason };
    return { image, state: isThere(status) ? 'there' : 'open' };
  });
}

/** A container that was started, or that could not be started for want of its program, has its image. */
function isThere({ imageID, state }: V1ContainerStatus): boolean {
  return (
    imageID !== '' ||
    state?.terminated !== undefined ||
    /^(Create|Run)Container\w*Error$/.test(state?.waiting?.reason ?? '')
  );
}
