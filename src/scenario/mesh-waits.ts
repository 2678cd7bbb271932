import { converge } from '../kernel/converge.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';
import type { V1Deployment, V1Node } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import { podsOf } from '../kube/pods.js';
import { rolloutLacks } from '../kube/rollout.js';
import { watchedClusters } from '../probe/istiod-debug.js';
import { knownToIstiod } from '../probe/istiod-endpoints.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import type { Plan } from '../topology/plan-types.js';
import { istiodOf, reach, readersOf } from './mesh-parts.js';
import type { ActContext } from './scenario.js';
import { saysReady } from '../kube/ready-condition.js';

/** Conditions that acts end on. Each is asked on where a cluster gives no answer, and marks when it came. */

/** Milliseconds for an istiod to read a cluster again: its watches wait up to 30 s between two tries, and find out late that they are dead. */
const readAgainLimit = 180_000;
/** Milliseconds for a cluster to be whole after its nodes came back: its controllers restart, and nodes are ready after that. */
const wholeLimit = 300_000;

/** Waits until every primary that reads a cluster says that it is synced. */
export async function isRead(context: ActContext, plan: Plan, name: string): Promise<void> {
  for (const reader of readersOf(plan, name)) {
    await converge(
      (signal) => watchedClusters(reach(context, reader.name), istiodOf(plan, reader.name), signal),
      (found) => {
        const status = found.find(({ id, secret }) => id === name && secret !== '')?.status ?? 'unknown';
        if (status === 'synced') return { ok: true };
        return { ok: false, expected: `the istiod of ${reader.name} reads ${name}`, got: status };
      },
      { timeout: readAgainLimit, interval: 1_000, signal: context.signal },
    );
  }
  context.mark(`every primary says that it reads ${name}`);
}

/** Waits until every primary that reads a cluster knows exactly the pods of helloworld that run there. */
export async function podsKnown(context: ActContext, plan: Plan, name: string, pods: number): Promise<void> {
  const host = `helloworld.${sampleNamespace}.svc.cluster.local`;
  const own = await helloworldAddresses(context, plan, name, pods);
  for (const reader of readersOf(plan, name)) {
    await converge(
      (signal) => knownToIstiod(reach(context, reader.name), istiodOf(plan, reader.name), signal),
      ({ endpoints }) => {
        const known = (endpoints.get(host) ?? []).filter(({ cluster }) => cluster === name);
        const addresses = [...new Set(known.map(({ address }) => address))].sort();
        if (addresses.join() === own.join()) return { ok: true };
        const expected = `the istiod of ${reader.name} knows ${own.join(', ')} in ${name}`;
        return { ok: false, expected, got: addresses.join(', ') || 'none' };
      },
      { timeout: readAgainLimit, interval: 1_000, signal: context.signal },
    );
    context.mark(`the istiod of ${reader.name} knows the ${pods} pods of helloworld in ${name}`);
  }
}

/** Waits until the istiod of a primary knows no endpoint of another cluster. */
export async function isForgotten(
  context: ActContext,
  plan: Plan,
  { reader, of }: { reader: string; of: string },
): Promise<void> {
  await converge(
    (signal) => knownToIstiod(reach(context, reader), istiodOf(plan, reader), signal),
    ({ endpoints }) => {
      const left = [...endpoints].filter(([, known]) => known.some(({ cluster }) => cluster === of));
      if (left.length === 0) return { ok: true };
      const got = `endpoints of ${left.map(([host]) => host).join(', ')}`;
      return { ok: false, expected: `the istiod of ${reader} knows no endpoint of ${of}`, got };
    },
    { timeout: readAgainLimit, interval: 1_000, signal: context.signal },
  );
  context.mark(`the istiod of ${reader} knows no endpoint of ${of}`);
}

/** Addresses of the pods of helloworld in a cluster, when all of them are ready. */
async function helloworldAddresses(context: ActContext, plan: Plan, name: string, count: number): Promise<string[]> {
  const handle = reach(context, name);
  const { helloworld } = plan.clusters.find((cluster) => cluster.name === name)!;
  const ask = async (signal: AbortSignal): Promise<string[]> => {
    const lists = await orUndetermined('reading the pods of helloworld', name, () =>
      Promise.all(
        helloworld.map((version) => podsOf(handle, sampleNamespace, `deployment/helloworld-${version}`, { signal })),
      ),
    );
    const live = lists.flat().filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    return live
      .filter(saysReady)
      .flatMap(({ status }) => status?.podIP ?? [])
      .sort();
  };
  const { value } = await converge(
    ask,
    (addresses) =>
      addresses.length === count
        ? { ok: true }
        : { ok: false, expected: `${count} ready pods of helloworld in ${name}`, got: String(addresses.length) },
    { timeout: readAgainLimit, interval: 1_000, signal: context.signal },
  );
  return value;
}

/** Waits until the API server of a cluster answers, its nodes are ready and its Deployments have all their pods. */
export async function isWhole(context: ActContext, plan: Plan, name: string): Promise<void> {
  const handle = reach(context, name);
  const namespaces = new Set([
    'kube-system',
    sampleNamespace,
    handle.istio.namespace,
    ...(context.load.namespace === '' ? [] : [context.load.namespace]),
  ]);
  const list = async <T>(path: string, signal: AbortSignal): Promise<T[]> => {
    const found = await orUndetermined(`reading ${path}`, name, () =>
      read<{ items: T[] }>(handle, path, { signal, timeout: 5 }),
    );
    if (!found) throw new Undetermined(`${name}: ${path} is not there`);
    return found.items;
  };
  await converge(
    async (signal) => {
      const nodes = await list<V1Node>('/api/v1/nodes', signal);
      const lacking = nodes
        .filter((node) => !saysReady(node))
        .map(({ metadata }) => `node ${metadata!.name} is not ready`);
      for (const namespace of namespaces)
        for (const deployment of await list<V1Deployment>(
          `/apis/apps/v1/namespaces/${namespace}/deployments`,
          signal,
        )) {
          const lacks = rolloutLacks(deployment);
          if (lacks !== undefined) lacking.push(`${namespace}/${deployment.metadata!.name} ${lacks}`);
        }
      return lacking;
    },
    (lacking) =>
      lacking.length === 0 ? { ok: true } : { ok: false, expected: `${name} is whole`, got: lacking.join('; ') },
    // a node that has just been stopped may still count as ready
    { timeout: wholeLimit, interval: 1_000, successes: 5, signal: context.signal },
  );
  context.mark(`${name}: its nodes and Deployments are ready`);
}
