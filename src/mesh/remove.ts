import type { V1Namespace } from '@kubernetes/client-node';
import type { LiveCluster } from '../clusters/live.js';
import { inventory } from '../clusters/inventory.js';
import { run } from '../clusters/command.js';
import { kubectl, type Target } from '../clusters/kubectl.js';
import { read, selecting } from '../clusters/api.js';
import { flatRoutes, removeRoutes } from '../clusters/routes.js';
import { settleAll } from '../clusters/scope.js';
import type { Steps } from '../clusters/steps.js';
import type { Plan } from '../topology/types.js';
import { converge } from '../traffic/converge.js';
import { orUndetermined } from '../traffic/undetermined.js';
import { lentLabel, ownerLabels, sampleNamespace } from './layout.js';

/** Objects of each cluster, by cluster, before a mesh was put on it. */
export type Inventories = Map<string, Set<string>>;

export async function inventories(clusters: readonly LiveCluster[]): Promise<Inventories> {
  return new Map(await settleAll(clusters.map(async (c) => [c.plan.name, await inventory(c.handle)] as const)));
}

/**
 * Removes the mesh of a plan in the reverse order of its installation, waiting for each part: workloads, remotes,
 * primaries, namespaces, routes. Every part may be gone already.
 */
export async function removeMesh(
  plan: Plan,
  clusters: readonly LiveCluster[],
  istioctl: string,
  steps: Steps,
): Promise<void> {
  await steps.step('removal of workloads', {}, () => settleAll(clusters.map(removeWorkloads)));
  for (const role of ['remote', 'primary']) {
    const own = clusters.filter((c) => c.plan.role === role);
    await settleAll(
      own.map((c) => steps.step('istioctl uninstall', { cluster: c.plan.name }, () => uninstall(c, istioctl))),
    );
  }
  await steps.step('removal of namespaces', {}, () =>
    settleAll(clusters.map((cluster) => removeNamespaces(plan, cluster))),
  );
  if (plan.features.flat && plan.provider === 'kind') await removeRoutes(await flatRoutes(plan, clusters));
}

function removeWorkloads({ handle }: LiveCluster): Promise<string> {
  const all = ['-n', sampleNamespace, 'delete', 'deployments,services', '--all', '--timeout=60s'];
  return kubectl(handle, [...all, '--ignore-not-found']);
}

function uninstall({ handle }: LiveCluster, istioctl: string): Promise<string> {
  const kubeconfig = ['--kubeconfig', handle.kubeconfig];
  return run(istioctl, [...kubeconfig, 'uninstall', '--purge', '-y'], { cluster: handle.name });
}

/** Waits until the namespaces that were lent to behaviours, and deleted after them, are gone. */
export async function lentNamespacesGone(targets: readonly Target[]): Promise<void> {
  const path = `/api/v1/namespaces${selecting(lentLabel)}`;
  await settleAll(
    targets.map(async (target) => {
      const lent = async (): Promise<string[]> => {
        const list = await orUndetermined('looking for namespaces of behaviours', target.name, () =>
          read<{ items: V1Namespace[] }>(target, path, { uninterruptible: true }),
        );
        return (list?.items ?? []).map(({ metadata }) => metadata!.name!);
      };
      await converge(
        lent,
        (left) =>
          left.length === 0
            ? { ok: true }
            : { ok: false, expected: `no namespace of a behaviour in ${target.name}`, got: left.join(', ') },
        { timeout: 90_000, interval: 500 },
      );
    }),
  );
}

/** All namespaces of the run at once, and istiod's copies of root certificate and revocation list in all others, which it leaves. */
async function removeNamespaces(plan: Plan, { handle }: LiveCluster): Promise<void> {
  const own = Object.entries(ownerLabels(plan)).map(([key, value]) => `${key}=${value}`);
  await kubectl(handle, ['delete', 'namespace', '-l', own.join(','), '--ignore-not-found', '--timeout=90s']);
  const copies = ['configmaps', '-l', 'istio.io/config=true'];
  const namespace = '{range .items[*]}{.metadata.namespace}{"\\n"}{end}';
  const found = await kubectl(handle, ['get', ...copies, '-A', '-o', `jsonpath=${namespace}`]);
  const namespaces = [...new Set(found.split('\n').filter((line) => line !== ''))];
  await settleAll(namespaces.map((name) => kubectl(handle, ['-n', name, 'delete', ...copies])));
}

/** What is in the clusters now and was not there before: `cluster: kind/namespace/name`. */
export async function leftovers(clusters: readonly LiveCluster[], before: Inventories): Promise<string[]> {
  const after = await inventories(clusters);
  return [...after].flatMap(([cluster, objects]) =>
    [...objects].filter((object) => !before.get(cluster)?.has(object)).map((object) => `${cluster}: ${object}`),
  );
}
