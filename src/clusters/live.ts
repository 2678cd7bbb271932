import type { ClusterPlan, Plan } from '../topology/types.js';
import { createNetwork, docker, runLabel, stateLabel } from './docker.js';
import { createCluster } from './kind.js';
import { installMetalLB, readManifest } from './metallb.js';
import { bakedNodeImage } from './node-image.js';
import { stateRoot } from './runs.js';
import { settleAll } from './scope.js';
import type { ClusterHandle } from './state.js';
import type { Steps } from './steps.js';
import { ClusterWatch } from './watch.js';

/** A cluster that exists, held open by the process that works on it. */
export interface LiveCluster {
  plan: ClusterPlan;
  handle: ClusterHandle;
  watch: ClusterWatch;
  /** Ends when services of type LoadBalancer get addresses; nothing before the gateways waits for it. */
  loadBalancer: Promise<void>;
}

/**
 * Network, node image and kind clusters of a plan, all in parallel; MetalLB goes on in the background. `opened` is told
 * of each cluster as soon as it answers, so that its evidence can be had when a later one fails.
 */
export async function createClusters(
  plan: Plan,
  kind: string,
  steps: Steps,
  opened: (handle: ClusterHandle) => void,
): Promise<LiveCluster[]> {
  const [manifest, { image }] = await Promise.all([
    readManifest(plan),
    steps.step('node image', {}, () => bakedNodeImage(plan)),
    steps.step('docker network', {}, () => ensureNetwork(plan)),
  ]);
  return settleAll(
    plan.clusters.map(async (cluster) => {
      const handle = await steps.step('kind cluster', { cluster: cluster.name }, () =>
        createCluster(plan, cluster, image, kind),
      );
      opened(handle);
      const watch = await openWatch(handle, steps);
      // a pod that starts before its node routes service addresses cannot reach the API server, and crashes
      await watch.daemonset('kube-system', 'kube-proxy', 60);
      const loadBalancer = steps.step('MetalLB', { cluster: cluster.name }, () =>
        installMetalLB(handle, watch, manifest, plan, cluster),
      );
      // whoever needs an address awaits it; until then its failure must not end the process
      loadBalancer.catch(() => {});
      return { plan: cluster, handle, watch, loadBalancer };
    }),
  );
}

/** Opens clusters that exist already. */
export function openClusters(plan: Plan, handles: readonly ClusterHandle[], steps: Steps): Promise<LiveCluster[]> {
  return settleAll(
    handles.map(async (handle) => {
      const cluster = plan.clusters.find((c) => c.name === handle.name)!;
      return { plan: cluster, handle, watch: await openWatch(handle, steps), loadBalancer: Promise.resolve() };
    }),
  );
}

/** Ends the watches, so that the process can end. */
export async function closeClusters(clusters: readonly LiveCluster[]): Promise<void> {
  await Promise.all(clusters.map((cluster) => cluster.watch.stop()));
}

async function openWatch(handle: ClusterHandle, steps: Steps): Promise<ClusterWatch> {
  const watch = new ClusterWatch(handle, (text) => steps.note(text));
  await watch.start();
  return watch;
}

async function ensureNetwork(plan: Plan): Promise<void> {
  const exists = await docker(['network', 'inspect', plan.docker.network]).then(
    () => true,
    () => false,
  );
  if (!exists)
    await createNetwork(plan.docker.network, plan.docker, { [runLabel]: plan.runId, [stateLabel]: stateRoot() });
}
