import type { V1ConfigMap } from '@kubernetes/client-node';
import type { LiveCluster } from '../provider/cluster-source.js';
import { inventory } from '../kube/inventory.js';
import type { Target } from '../kube/kubectl.js';
import { read, remove, selecting } from '../kube/api.js';
import { flatRoutes, removeRoutes } from '../provider/kind/node-routes.js';
import { settleAll } from '../kernel/cancellation.js';
import type { Steps } from '../kernel/steps.js';
import type { Plan } from '../topology/plan-types.js';
import { namespaces } from '../probe/control-plane.js';
import { converge } from '../kernel/converge.js';
import { installedFor } from '../installer/installed-labels.js';
import { lentLabel, lentSelector, runSelector } from '../run/object-labels.js';
import { endDeployments } from '../kube/labelled-objects.js';
import { othersInstallations, removeInstalled } from '../installer/remove-installed.js';
import { removedEntirely, removeNamespaces } from './remove-namespaces.js';

/** Objects of each cluster, by cluster, before a mesh was put on it. */
export type Inventories = ReadonlyMap<string, Set<string>>;

async function inventories(clusters: readonly LiveCluster[]): Promise<Inventories> {
  return new Map(await settleAll(clusters.map(async (c) => [c.handle.name, await inventory(c.handle)] as const)));
}

/**
 * Removes the mesh of a run in the reverse order of its installation, waiting for each part: workloads, remotes, primaries,
 * what istiod has left, routes. Every part may be gone already. Only what carries the run's labels is removed; `before` is, by
 * cluster, what `foreignObjects` found before the installation.
 */
export async function removeMesh(
  plan: Plan,
  clusters: readonly LiveCluster[],
  before: Readonly<Record<string, readonly string[]>>,
  steps: Steps,
): Promise<void> {
  const { runId } = plan;
  const inEach = (step: string, of: readonly LiveCluster[], work: (cluster: LiveCluster) => Promise<unknown>) =>
    settleAll(of.map((cluster) => steps.step(step, { cluster: cluster.handle.name }, () => work(cluster))));
  // an istiod of helm's carries the run's label as well; it goes when the workloads have gone
  await inEach('removal of workloads', clusters, ({ handle }) =>
    endDeployments(handle, `${runSelector(runId)},app!=istiod`),
  );
  for (const role of ['remote', 'primary']) {
    const own = clusters.filter(({ handle }) => handle.role === role);
    await inEach('removal of Istio', own, async ({ handle }) => {
      const foreign = before[handle.name] ?? [];
      for (const { selector, is } of installedFor(runId)) await endDeployments(handle, selector, is);
      // types first: what is known of the namespaces tells whose the objects of a type are
      const types = await removeInstalled(handle, runId, foreign);
      const left = [...types, ...(await removeNamespaces(handle, runId, foreign))];
      for (const text of left) steps.note(`${handle.name}: ${text} is left`);
      await removedEntirely(handle, runId, left);
    });
  }
  // only after the last istiod is gone, because istiod recreates them
  await inEach('removal of copies', clusters, ({ handle }) => removeCopies(handle, runId));
  if (plan.features.flat && plan.provider === 'kind') await removeRoutes(await flatRoutes(clusters));
}

/** Waits until the namespaces that were lent to behaviours, and deleted after them, are gone. */
export async function lentNamespacesGone(
  targets: readonly Target[],
  {
    lent = lentLabel,
    within = 90_000,
  }: { /** Label selector. */ lent?: string; /** Milliseconds. */ within?: number } = {},
): Promise<void> {
  await settleAll(
    targets.map(async (target) => {
      await converge(
        () => namespaces(target, lent, { uninterruptible: true }),
        (left) =>
          left.length === 0
            ? { ok: true }
            : { ok: false, expected: `namespaces with ${lent} are gone from ${target.name}`, got: left.join(', ') },
        { timeout: within, interval: 500 },
      );
    }),
  );
}

/** Removes the namespaces that were lent to behaviours of a run, and waits until they are gone. */
export async function removeLent(targets: readonly Target[], runId: string): Promise<void> {
  const lent = lentSelector(runId);
  await settleAll(
    targets.map(async (target) => {
      for (const name of await namespaces(target, lent)) await remove(target, `/api/v1/namespaces/${name}`);
    }),
  );
  await lentNamespacesGone(targets, { lent });
}

/**
 * istiod's copies of root certificate and revocation list in the namespaces of others, which it leaves. Another istiod in the
 * cluster has the same ones: then they stay.
 */
async function removeCopies(handle: Target, runId: string): Promise<void> {
  if ((await othersInstallations(handle, runId)).length > 0) return;
  const selected = selecting('istio.io/config=true');
  const copies = await read<{ items: V1ConfigMap[] }>(handle, `/api/v1/configmaps${selected}`);
  const namespaces = new Set(copies?.items.map(({ metadata }) => metadata!.namespace!));
  await settleAll([...namespaces].map((name) => remove(handle, `/api/v1/namespaces/${name}/configmaps${selected}`)));
}

/** What is in the clusters now and was not there before: `cluster: kind/namespace/name`. */
export async function leftovers(clusters: readonly LiveCluster[], before: Inventories): Promise<string[]> {
  const after = await inventories(clusters);
  return [...after].flatMap(([cluster, objects]) =>
    [...objects].filter((object) => !before.get(cluster)?.has(object)).map((object) => `${cluster}: ${object}`),
  );
}
