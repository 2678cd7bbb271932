import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { removeContainers } from '../../kernel/docker.js';
import { heldNodeImage } from '../../supply/held-node-image.js';
import { createCluster, nodesOf } from './kind-cluster.js';
import { kubectl } from '../../kube/kubectl.js';
import { readManifest } from '../../supply/metallb-manifest.js';
import { installMetalLB } from './metallb.js';
import { ensureNetwork } from './docker-network.js';
import { settleAll } from '../../kernel/cancellation.js';
import type { ClusterHandle } from '../cluster-handle.js';
import type { Steps } from '../../kernel/steps.js';
import { ClusterWatch } from '../../kube/cluster-watch.js';
import type { ClusterSource, LiveCluster } from '../cluster-source.js';

/** Clusters made by kind. Those of an earlier plan of the same run serve the next one where their ranges fit. */
export class KindClusters implements ClusterSource {
  private readonly live = new Map<string, LiveCluster>();

  constructor(private readonly kind: string) {}

  async provide(plan: Plan, steps: Steps, opened: (handle: ClusterHandle) => void): Promise<LiveCluster[]> {
    await this.dropMisfits(plan);
    const reused = plan.clusters.filter((cluster) => this.live.has(cluster.name));
    if (reused.length === plan.clusters.length) return this.reuse(plan, opened);
    let manifest!: string;
    let held!: Awaited<ReturnType<typeof heldNodeImage>>;
    // what goes on when one of them has failed would be missed by the removal
    await settleAll<void>([
      readManifest(plan.environment).then((text) => void (manifest = text)),
      steps.step('node image', {}, () => heldNodeImage(plan, steps)).then((image) => void (held = image)),
      steps.step('docker network', {}, () => ensureNetwork(plan)),
    ]);
    const { image, release } = held;
    const missing = plan.clusters.filter((cluster) => !this.live.has(cluster.name));
    await settleAll(
      missing.map(async (cluster) => {
        const handle = await steps.step('kind cluster', { cluster: cluster.name }, () =>
          createCluster(plan, cluster, image, this.kind),
        );
        opened(handle);
        const watch = new ClusterWatch(handle, (text) => steps.note(text));
        await watch.start();
        const serviceRouting = watch.daemonset('kube-system', 'kube-proxy', 60);
        const loadBalancer = serviceRouting.then(() =>
          steps.step('MetalLB', { cluster: cluster.name }, () =>
            installMetalLB(handle, watch, manifest, plan, cluster),
          ),
        );
        // awaited where they are needed; until then their failure must not end the process
        serviceRouting.catch(() => {});
        loadBalancer.catch(() => {});
        this.live.set(cluster.name, { plan: cluster, handle, watch, serviceRouting, loadBalancer });
      }),
    ).finally(release);
    return this.reuse(plan, opened);
  }

  async close(): Promise<void> {
    await Promise.all([...this.live.values()].map((cluster) => cluster.watch.stop()));
    this.live.clear();
  }

  /** The plan's own view of its clusters: role, network and locality are the plan's, all the rest is the cluster's. */
  private reuse(plan: Plan, opened: (handle: ClusterHandle) => void): Promise<LiveCluster[]> {
    return settleAll(
      plan.clusters.map(async (cluster) => {
        const live = this.live.get(cluster.name)!;
        const { network, role, primary, region, zone, helloworld } = cluster;
        if (live.plan.region !== region || live.plan.zone !== zone) {
          const labels = [`topology.kubernetes.io/region=${region}`, `topology.kubernetes.io/zone=${zone}`];
          await kubectl(live.handle, ['label', 'nodes', '--all', '--overwrite', ...labels]);
        }
        const own = { network, role, primary, region, zone, helloworld, eastWestAddress: undefined };
        const next = { ...live, plan: cluster, handle: { ...live.handle, ...own } };
        this.live.set(cluster.name, next);
        opened(next.handle);
        return next;
      }),
    );
  }

  private async dropMisfits(plan: Plan): Promise<void> {
    for (const [name, { plan: old, watch }] of this.live) {
      const wanted = plan.clusters.find((cluster) => cluster.name === name);
      if (!wanted || fits(old, wanted)) continue;
      await watch.stop();
      this.live.delete(name);
      await removeContainers(await nodesOf(old.kindName));
    }
  }
}

/** What of a cluster cannot be changed once it is there. */
function fits(old: ClusterPlan, wanted: ClusterPlan): boolean {
  const { first, last } = wanted.loadBalancerRange;
  return (
    old.kindName === wanted.kindName &&
    old.podCIDR === wanted.podCIDR &&
    old.serviceCIDR === wanted.serviceCIDR &&
    old.workers === wanted.workers &&
    old.loadBalancerRange.first === first &&
    old.loadBalancerRange.last === last
  );
}
