import type { ClusterWatch } from '../kube/cluster-watch.js';
import type { Steps } from '../kernel/steps.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import type { ClusterHandle } from './cluster-handle.js';

/** A cluster that exists, held open by the process that works on it. */
export interface LiveCluster {
  plan: ClusterPlan;
  handle: ClusterHandle;
  watch: ClusterWatch;
  /**
   * Ends when the nodes route service addresses. A pod that starts before cannot reach the API server, crashes, and is
   * started again only after its back-off of 10 s.
   */
  serviceRouting: Promise<void>;
  /** Ends when services of type LoadBalancer get addresses; nothing before the gateways waits for it. */
  loadBalancer: Promise<void>;
}

/** Gives a plan its clusters: the existing ones that fit it, and new ones for the rest. */
export interface ClusterSource {
  /** `opened` is told of each cluster as soon as it answers, so that its evidence can be had when a later one fails. */
  provide(plan: Plan, steps: Steps, opened: (handle: ClusterHandle) => void): Promise<LiveCluster[]>;
  /** Ends the watches; the clusters stay. */
  close(): Promise<void>;
}
