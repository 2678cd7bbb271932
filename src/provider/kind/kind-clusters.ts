import { cleanUp } from '../../kernel/cancellation.js';
import { removeContainers } from '../../kernel/docker.js';
import type { Steps } from '../../kernel/steps.js';
import { ClusterWatch } from '../../kube/cluster-watch.js';
import { kubectl } from '../../kube/kubectl.js';
import { heldNodeImage } from '../../supply/held-node-image.js';
import { clusterImages } from '../../supply/plan-images.js';
import { readManifest } from '../../supply/metallb-manifest.js';
import type { ClusterPlan, ClusterStepKind, Plan } from '../../topology/plan-types.js';
import { accessOf } from '../cluster-handle.js';
import type { ClusterSource, ClusterWork, LiveCluster, LiveClusters } from '../cluster-source.js';
import { ensureNetwork } from './docker-network.js';
import { createCluster, nodesOf } from './kind-cluster.js';
import { installMetalLB } from './metallb.js';
import { routesFrom, setRoutes } from './node-routes.js';

/** A cluster that was made for a plan, and what of it is done for good. */
interface Made {
  live: LiveCluster;
  /** What its nodes have; nothing is pulled there. */
  images: readonly string[];
  balances: boolean;
}

/** Clusters made by kind. Those of an earlier plan of the same run serve the next one where their ranges fit. */
export class KindClusters implements ClusterSource {
  private readonly made = new Map<string, Made>();
  /** The node image, held until the clusters of a plan are made from it. */
  private held?: { image: string; release(): Promise<void> };

  constructor(private readonly kind: string) {}

  async makeRoom(plan: Plan): Promise<void> {
    const needed = clusterImages(plan);
    for (const [name, { live, images }] of this.made) {
      const wanted = plan.clusters.find((cluster) => cluster.name === name);
      if (wanted && fits(live.handle, wanted) && needed.every((image) => images.includes(image))) continue;
      await live.watch.stop();
      this.made.delete(name);
      await removeContainers(await nodesOf(live.handle.kindName));
    }
  }

  handlers(
    plan: Plan,
    live: LiveClusters,
    steps: Steps,
  ): Record<Exclude<ClusterStepKind, 'attach' | 'lease'>, ClusterWork> {
    const planned = (name?: string): ClusterPlan => plan.clusters.find((cluster) => cluster.name === name)!;
    let missing = plan.clusters.filter(({ name }) => !this.made.has(name)).length;
    return {
      'node image': async () => {
        if (missing > 0) this.held = await heldNodeImage(plan, steps);
        return undefined;
      },
      'Docker network': async () => {
        if (missing > 0) await ensureNetwork(plan);
        return undefined;
      },
      'kind cluster': async ({ cluster }) => {
        const wanted = planned(cluster);
        const made = this.made.get(wanted.name);
        if (made) return this.reuse(made, wanted);
        const created = await this.create(plan, wanted, steps);
        if (--missing === 0) await this.release();
        return created;
      },
      'service routing': async ({ cluster }) => {
        // a pod that starts before cannot reach the API server, crashes, and is started again only after its back-off of 10 s
        await live.get(cluster!)!.watch.daemonset('kube-system', 'kube-proxy', 60);
        return undefined;
      },
      MetalLB: async ({ cluster }) => {
        const made = this.made.get(cluster!)!;
        const { handle, watch } = made.live;
        if (!made.balances) await installMetalLB(handle, watch, await readManifest(plan.environment), plan.images);
        made.balances = true;
        return undefined;
      },
      routes: async ({ cluster }) => {
        await setRoutes(await routesFrom(live.get(cluster!)!, [...live.values()]));
        return undefined;
      },
    };
  }

  async close(): Promise<void> {
    await this.release();
    await Promise.all([...this.made.values()].map(({ live }) => live.watch.stop()));
    this.made.clear();
  }

  private async create(plan: Plan, cluster: ClusterPlan, steps: Steps): Promise<LiveCluster> {
    const handle = await createCluster(plan, cluster, this.held!.image, this.kind);
    const watch = new ClusterWatch(handle, (text) => steps.note(text));
    await watch.start();
    const live = { handle, watch };
    this.made.set(cluster.name, { live, images: clusterImages(plan), balances: false });
    return live;
  }

  /** The plan's own view of its cluster: role, network and locality are the plan's, all the rest is the cluster's. */
  private async reuse(made: Made, cluster: ClusterPlan): Promise<LiveCluster> {
    const { handle } = made.live;
    const { region, zone } = cluster;
    if (handle.region !== region || handle.zone !== zone) {
      const labels = [`topology.kubernetes.io/region=${region}`, `topology.kubernetes.io/zone=${zone}`];
      await kubectl(handle, ['label', 'nodes', '--all', '--overwrite', ...labels]);
    }
    made.live = { ...made.live, handle: { ...cluster, ...accessOf(handle) } };
    return made.live;
  }

  private async release(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held) await cleanUp(() => held.release());
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
