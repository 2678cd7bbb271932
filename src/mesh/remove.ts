import type { V1ConfigMap } from '@kubernetes/client-node';
import type { LiveCluster } from '../clusters/live.js';
import { inventory } from '../clusters/inventory.js';
import { run } from '../clusters/command.js';
import { kubectl, type Target } from '../clusters/kubectl.js';
import { read, remove, selecting } from '../clusters/api.js';
import { endPods } from '../clusters/pods.js';
import { flatRoutes, removeRoutes } from '../clusters/routes.js';
import { settleAll } from '../clusters/scope.js';
import type { Steps } from '../clusters/steps.js';
import type { Plan } from '../topology/types.js';
import { namespaces } from '../traffic/controlplane.js';
import { converge } from '../traffic/converge.js';
import { istioNamespace, lentLabel, ownerLabels, sampleNamespace } from './layout.js';

/** Objects of each cluster, by cluster, before a mesh was put on it. */
export type Inventories = Map<string, Set<string>>;

export async function inventories(clusters: readonly LiveCluster[]): Promise<Inventories> {
  return new Map(await settleAll(clusters.map(async (c) => [c.plan.name, await inventory(c.handle)] as const)));
}

/**
 * Removes the mesh of a plan in the reverse order of its installation, waiting for each part: workloads, remotes, primaries,
 * what istiod has left, routes. Every part may be gone already.
 */
export async function removeMesh(
  plan: Plan,
  clusters: readonly LiveCluster[],
  istioctl: string,
  steps: Steps,
): Promise<void> {
  const inEach = (step: string, of: readonly LiveCluster[], work: (cluster: LiveCluster) => Promise<unknown>) =>
    settleAll(of.map((cluster) => steps.step(step, { cluster: cluster.plan.name }, () => work(cluster))));
  await inEach('removal of workloads', clusters, (cluster) => endDeployments(cluster, sampleNamespace, ''));
  for (const role of ['remote', 'primary']) {
    const own = clusters.filter((c) => c.plan.role === role);
    await settleAll(own.map((cluster) => endDeployments(cluster, istioNamespace, 'operator.istio.io/component')));
    await settleAll([
      inEach('istioctl uninstall', own, (cluster) => uninstall(cluster, istioctl)),
      inEach('removal of namespaces', own, (cluster) => removeNamespaces(plan, cluster)),
    ]);
  }
  // not before the last istiod is gone, which makes them anew
  await inEach('removal of copies', clusters, removeCopies);
  if (plan.features.flat && plan.provider === 'kind') await removeRoutes(await flatRoutes(plan, clusters));
}

/** Ends the Deployments of a namespace that a label selector picks, all of them with an empty one, and their pods; does not wait for it. */
async function endDeployments({ handle }: LiveCluster, namespace: string, labels: string): Promise<void> {
  // pods that their Deployment takes along are given their own time, which nobody can shorten any more; those that
  // replace the ones that end here have not started when it goes
  await endPods(handle, namespace, labels);
  await remove(handle, `/apis/apps/v1/namespaces/${namespace}/deployments${selecting(labels)}`);
}

function uninstall({ handle }: LiveCluster, istioctl: string): Promise<string> {
  const kubeconfig = ['--kubeconfig', handle.kubeconfig];
  return run(istioctl, [...kubeconfig, 'uninstall', '--purge', '-y'], { cluster: handle.name });
}

/** Waits until the namespaces that were lent to behaviours, and deleted after them, are gone. */
export async function lentNamespacesGone(targets: readonly Target[]): Promise<void> {
  await settleAll(
    targets.map(async (target) => {
      await converge(
        () => namespaces(target, lentLabel, { uninterruptible: true }),
        (left) =>
          left.length === 0
            ? { ok: true }
            : { ok: false, expected: `no namespace of a behaviour in ${target.name}`, got: left.join(', ') },
        { timeout: 90_000, interval: 500 },
      );
    }),
  );
}

/** All namespaces of the run at once. */
function removeNamespaces(plan: Plan, { handle }: LiveCluster): Promise<string> {
  const own = Object.entries(ownerLabels(plan)).map(([key, value]) => `${key}=${value}`);
  return kubectl(handle, ['delete', 'namespace', '-l', own.join(','), '--ignore-not-found', '--timeout=90s']);
}

/** istiod's copies of root certificate and revocation list in the namespaces of others, which it leaves. */
async function removeCopies({ handle }: LiveCluster): Promise<void> {
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
