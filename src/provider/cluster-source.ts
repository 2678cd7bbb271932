import type { Steps } from '../kernel/steps.js';
import type { ClusterWatch } from '../kube/cluster-watch.js';
import type { ClusterStepKind, Plan, PlanStep } from '../topology/plan-types.js';
import type { ClusterHandle } from './cluster-handle.js';

/** A cluster that exists, held open by the process that works on it. */
export interface LiveCluster {
  handle: ClusterHandle;
  watch: ClusterWatch;
}

/** The clusters that are there by now, by name. */
export type LiveClusters = ReadonlyMap<string, LiveCluster>;

/** Does a step of a plan's graph; returns the cluster where it came to be known. */
export type ClusterWork = (step: PlanStep) => Promise<LiveCluster | undefined>;

/** Gives a plan its clusters: those of an earlier plan of the same run that fit it, and new ones for the rest. */
export interface ClusterSource {
  /** Removes what an earlier plan has left and this one cannot use. To be called before a plan's steps. */
  makeRoom(plan: Plan): Promise<void>;
  /** What does the steps about clusters. */
  handlers(plan: Plan, live: LiveClusters, steps: Steps): Partial<Record<ClusterStepKind, ClusterWork>>;
  /** Ends the watches; the clusters stay. */
  close(): Promise<void>;
}
