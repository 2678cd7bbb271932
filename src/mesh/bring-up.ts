import type { LiveCluster } from '../provider/cluster-source.js';
import { flatRoutes, setRoutes } from '../provider/kind/node-routes.js';
import { settleAll } from '../kernel/cancellation.js';
import type { Steps } from '../kernel/steps.js';
import type { Plan } from '../topology/plan-types.js';
import { exposeIstiod, exposeServices } from './exposure.js';
import { connectRemote, injectionSettled, installIstio } from '../installer/istioctl/istioctl-install.js';
import { deployWorkloads, injectionWorks } from './deploy-workloads.js';
import { expose, prepareNamespace } from './configure-mesh.js';
import { eastWestAddress, needsEastWestGateway, remotesOf, watchedBy } from '../topology/mesh-layout.js';
import { eastWestGateway, istioNamespace } from '../topology/mesh-names.js';

/**
 * Puts the mesh of a plan on its clusters and ends when it is up: control planes, gateways, remote secrets and sample
 * workloads. Clusters go side by side; one waits for another only where Istio needs it (a remote for its primary).
 * Fills in the handles' east-west addresses. Throws when every cluster's work has ended.
 */
export async function bringUpMesh(
  plan: Plan,
  clusters: readonly LiveCluster[],
  istioctl: string,
  steps: Steps,
): Promise<void> {
  // costs a third of a second to load, which nobody who only asks should wait for
  const { createIntermediate, createRoot } = await import('./certificates.js');
  const root = await createRoot();
  const handleOf = (name: string): LiveCluster => clusters.find((c) => c.plan.name === name)!;
  const prepared = promiseMap(clusters, (cluster) =>
    steps.step('certificates and namespace', { cluster: cluster.plan.name }, async () =>
      prepareNamespace(cluster.handle, plan, cluster.plan, await createIntermediate(root, cluster.plan.name)),
    ),
  );
  // of clusters that are there already the nodes are their owner's
  const routes =
    plan.features.flat && plan.provider === 'kind'
      ? steps.step('routes', {}, () => flatRoutes(plan, clusters).then(setRoutes))
      : Promise.resolve();
  routes.catch(() => {});

  /** The cluster's API server as remote secret in every primary that reads it; needs nothing but the namespaces. */
  const connect = (cluster: LiveCluster): Promise<void> =>
    steps.step('remote secret', { cluster: cluster.plan.name }, async () => {
      const readers = clusters.filter((c) => watchedBy(plan, c.plan).includes(cluster.plan));
      await Promise.all([cluster, ...readers].map((c) => prepared.get(c)!));
      if (readers.length > 0)
        await connectRemote(
          cluster.handle,
          readers.map((c) => c.handle),
          plan,
          istioctl,
        );
    });

  const gatewayAddress = async (cluster: LiveCluster): Promise<string> => {
    await cluster.loadBalancer;
    const address = await cluster.watch.loadBalancerAddress(istioNamespace, eastWestGateway, 120);
    cluster.handle.eastWestAddress = address;
    return address;
  };

  /** Gateway, exposure and workloads, side by side, once istiod serves the cluster. */
  const finish = async (cluster: LiveCluster, gatewayInstalled: () => Promise<void>): Promise<void> => {
    const { handle, watch, plan: own } = cluster;
    await settleAll<unknown>([
      plan.features['multi-network'] ? expose(handle, plan, 'services', [exposeServices(plan)]) : Promise.resolve(),
      steps.step('helloworld and sleep', { cluster: own.name }, () => deployWorkloads(handle, plan, own, watch)),
      gatewayInstalled().then(() => (needsEastWestGateway(plan, own) ? gatewayAddress(cluster) : undefined)),
    ]);
  };
  const install = (cluster: LiveCluster, part: 'base' | 'gateway', primaryAddress?: string): Promise<void> =>
    steps.step(part === 'base' ? 'istioctl install' : 'east-west gateway', { cluster: cluster.plan.name }, () =>
      installIstio(cluster.handle, plan, cluster.plan, istioctl, cluster.watch, part, primaryAddress),
    );

  /** Per primary: `served` ends when remotes can reach its istiod. */
  const primaries = promiseMap(
    clusters.filter((c) => c.plan.role === 'primary'),
    async (cluster) => {
      const { handle, watch, plan: own } = cluster;
      await Promise.all([prepared.get(cluster), cluster.serviceRouting]);
      const installed = install(cluster, 'base');
      installed.catch(() => {});
      await Promise.race([watch.deployment(istioNamespace, 'istiod', 180), installed]);
      await Promise.race([injectionSettled(handle), installed]);
      await injectionWorks(handle, plan);
      const finished = settleAll<unknown>([connect(cluster), finish(cluster, () => installed)]);
      finished.catch(() => {});
      if (remotesOf(plan, own).length > 0) {
        await installed;
        await expose(handle, plan, 'istiod', exposeIstiod(plan));
        await gatewayAddress(cluster);
      }
      return { finished };
    },
  );

  const remotes = clusters
    .filter((c) => c.plan.role === 'remote')
    .map(async (cluster) => {
      const { handle, plan: own } = cluster;
      const primary = handleOf(own.primary!);
      const served = primaries.get(primary)!;
      await prepared.get(cluster);
      // kind: the address is planned, so the remote's types, roles and webhooks are there when the primary first reads it
      if (plan.provider !== 'kind') await served;
      await install(cluster, 'base', primary.handle.eastWestAddress ?? eastWestAddress(primary.plan));
      // not before istiod is ready: one that starts waits up to 30 s (PILOT_REMOTE_CLUSTER_TIMEOUT) for a remote cluster;
      // and before the proxies come, so that istiod serves this cluster's webhook and namespaces
      await served;
      await connect(cluster);
      await injectionWorks(handle, plan);
      await finish(cluster, () => (plan.features['multi-network'] ? install(cluster, 'gateway') : Promise.resolve()));
    });
  await settleAll<unknown>([
    ...prepared.values(),
    routes,
    ...[...primaries.values()].map(async (primary) => (await primary).finished),
    ...remotes,
  ]);
}

function promiseMap<K, V>(keys: readonly K[], make: (key: K) => Promise<V>): Map<K, Promise<V>> {
  return new Map(
    keys.map((key) => {
      const value = make(key);
      value.catch(() => {});
      return [key, value];
    }),
  );
}
