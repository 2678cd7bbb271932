import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import { rightText, userMay, type Right } from '../probe/access-review.js';
import type { Target } from '../kube/kubectl.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Plan } from '../topology/plan-types.js';
import { imagesOutOfReach, takesPods } from './image-needs.js';
import { sampleNamespace } from '../topology/mesh-names.js';

/** What some behaviours need of existing clusters and do not get; they are undetermined as soon as they need it. */
export interface Unmet {
  /** Why nodes cannot get an image, by its name. */
  images: Record<string, string>;
  /** Why there is no room for another pod, by cluster. */
  room: Record<string, string>;
  /** Rights that behaviours with namespaces of their own need, in words. */
  rights: string[];
  /** What could not be asked, and why: it is known to be neither there nor missing. */
  unknown: string[];
  /** Why the mesh's settings could not be read; absent where they could. */
  settings?: string;
}

/** Without these no behaviour can ask anything. */
const always: Right[] = [
  { verb: 'list', resource: 'pods' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
];

/** Those of behaviours that deploy or configure something. */
const often: Right[] = [
  ...['create', 'patch', 'delete'].map((verb) => ({ verb, resource: 'namespaces' })),
  ...['create', 'patch'].flatMap((verb) => [
    { verb, resource: 'services' },
    { verb, group: 'apps', resource: 'deployments' },
    { verb, group: 'networking.istio.io', resource: 'destinationrules' },
    { verb, group: 'security.istio.io', resource: 'peerauthentications' },
  ]),
  { verb: 'get', resource: 'pods', subresource: 'log' },
];

/**
 * Asks existing clusters once, before the first behaviour, for what behaviours need of them: rights, room for a pod, images that
 * their nodes can get. Throws (exit 4) where no behaviour could ask anything; the rest is returned. It makes a namespace for a
 * moment, which is gone when it ends.
 */
export async function askNeeds(plan: Plan, clusters: readonly Target[]): Promise<Unmet> {
  const missing = await Promise.all(clusters.map((cluster) => missingRights(cluster, always)));
  if (missing.flat().length > 0) {
    throw new MeshproofError(`the user has missing rights: ${missing.flat().join('; ')}`, exitCode.environment, {
      where: clusters.map(({ name }) => name).join(', '),
      expected: 'a user with the rights for every behaviour',
      remedy: 'grant these rights to the user of the kubeconfig, or choose another context',
    });
  }
  const unmet: Unmet = { images: {}, room: {}, rights: [], unknown: [] };
  const reasons: Record<string, string[]> = {};
  await Promise.all(
    clusters.map(async (cluster) => {
      const rights = await missingRights(cluster, often);
      unmet.rights.push(...rights);
      const room = await noRoom(cluster, plan.environment.cpuRequest);
      if (room) unmet.room[cluster.name] = room;
      // without a namespace of its own nothing can be tried
      if (rights.length > 0) return;
      const images = await imagesOutOfReach(cluster, plan).catch((error: unknown) => {
        if (!(error instanceof MeshproofError)) throw error;
        unmet.unknown.push(`${cluster.name}: cannot tell whether its nodes can pull the images: ${error.text()}`);
        return {};
      });
      for (const [image, why] of Object.entries(images)) (reasons[image] ??= []).push(why);
    }),
  );
  for (const [image, why] of Object.entries(reasons)) unmet.images[image] = why.sort().join('; ');
  return unmet;
}

/** Which of these rights, by default all that behaviours need, the user of the kubeconfig does not have, in words. */
export async function missingRights(
  cluster: Target,
  rights: readonly Right[] = [...always, ...often],
): Promise<string[]> {
  const allowed = await Promise.all(rights.map((right) => userMay(cluster, right)));
  return rights.filter((_, i) => !allowed[i]).map((right) => `${rightText(right)} in ${cluster.name}`);
}

/** Why no node has room for a pod of a behaviour with its sidecar; undefined where one has, or where it may not be asked. */
async function noRoom(cluster: Target, cpuRequest: string): Promise<string | undefined> {
  const list = async <T>(what: string): Promise<T[] | undefined> =>
    (await read<{ items: T[] }>(cluster, `/api/v1/${what}`).catch(() => undefined))?.items;
  const [nodes, pods] = await Promise.all([list<V1Node>('nodes'), list<V1Pod>('pods')]);
  if (!nodes?.length || !pods) return undefined;
  const sidecar = pods
    .filter(({ metadata }) => metadata?.namespace === sampleNamespace)
    .map((pod) => requested(pod, 'istio-proxy'))
    .find((cpu) => cpu > 0);
  const needed = cpusOf(cpuRequest) + (sidecar ?? 0);
  const usable = nodes.filter(takesPods);
  const free = usable.map(({ metadata, status }) => {
    const own = pods.filter(
      ({ spec, status: { phase } = {} }) =>
        spec?.nodeName === metadata?.name && phase !== 'Succeeded' && phase !== 'Failed',
    );
    const cpu = cpusOf(status?.allocatable?.['cpu'] ?? '0') - own.reduce((sum, pod) => sum + requested(pod), 0);
    return { name: metadata?.name, cpu };
  });
  if (free.some(({ cpu }) => cpu >= needed - 1e-9)) return undefined;
  const words = free.map(({ name, cpu }) => `${name} ${Math.max(0, cpu).toFixed(2)}`).join(', ') || 'no usable node';
  return `no node has room for a pod that requests ${needed.toFixed(2)} CPUs; free: ${words}`;
}

/** CPUs that a pod requests, or one of its containers. */
function requested({ spec }: V1Pod, container?: string): number {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter((one) => one.restartPolicy)];
  return containers
    .filter(({ name }) => container === undefined || name === container)
    .reduce((sum, { resources }) => sum + cpusOf(resources?.requests?.['cpu'] ?? '0'), 0);
}

/** `250m`, `0.25`, `1` and the like in CPUs. Exported for its test. */
export function cpusOf(quantity: string): number {
  const [, number = '0', unit = ''] = /^([0-9.]+(?:e-?\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(number) * ({ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3 }[unit] ?? 1);
}
