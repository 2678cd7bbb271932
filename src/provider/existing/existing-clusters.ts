import { takeClusterLease } from './cluster-lease.js';
import path from 'node:path';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { kubeconfigPath } from '../../run/run-folders.js';
import { copyContext } from './copy-context.js';
import type { ClusterSource, ClusterWork, LiveClusters } from '../cluster-source.js';
import type { ClusterHandle } from '../cluster-handle.js';
import type { Steps } from '../../kernel/steps.js';
import { ClusterWatch } from '../../kube/cluster-watch.js';

/**
 * Clusters that are there already, by kubeconfig context. None is created, changed as a cluster, or deleted, and the
 * user's kubeconfig is only read: each context is copied into a kubeconfig of the run's own.
 */
export class ExistingClusters implements ClusterSource {
  private readonly watches: ClusterWatch[] = [];

  makeRoom(): Promise<void> {
    return Promise.resolve();
  }

  handlers(plan: Plan, live: LiveClusters, steps: Steps): Record<'attach' | 'lease', ClusterWork> {
    return {
      attach: async ({ cluster: name }) => {
        const cluster = plan.clusters.find((one) => one.name === name)!;
        const handle = await openContext(plan, cluster);
        return { handle, watch: new ClusterWatch(handle, (text) => steps.note(text)) };
      },
      lease: async ({ cluster }) => {
        const { handle, watch } = live.get(cluster!)!;
        await takeClusterLease(handle, plan.runId);
        this.watches.push(watch);
        await watch.start();
        return undefined;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.watches.splice(0).map((watch) => watch.stop()));
  }
}

async function openContext(plan: Plan, cluster: ClusterPlan): Promise<ClusterHandle> {
  const kubeconfig = kubeconfigPath(plan.runId, cluster.name);
  const from = plan.kubeconfig ? path.resolve(path.dirname(plan.topologyFile), plan.kubeconfig) : undefined;
  return { ...cluster, ...(await copyContext(cluster.context!, cluster.name, kubeconfig, from)) };
}
