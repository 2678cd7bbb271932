import { eastWestGateway } from './features.js';
import type { ClusterPlan, Plan } from './plan-types.js';

/** The remotes that a primary serves. */
export function remotesOf(plan: Plan, primary: ClusterPlan): ClusterPlan[] {
  return plan.clusters.filter((c) => c.primary === primary.name);
}

/** Every cluster of a multi-network mesh has an east-west gateway, and every primary that exposes istiod to a remote. */
export function needsEastWestGateway(plan: Plan, cluster: ClusterPlan): boolean {
  return eastWestGateway(cluster, plan.clusters) !== undefined;
}

/** Which clusters' remote secrets a cluster needs: a primary reads the services and endpoints of all others. */
export function watchedBy(plan: Plan, cluster: ClusterPlan): ClusterPlan[] {
  return cluster.role === 'primary' ? plan.clusters.filter((c) => c.name !== cluster.name) : [];
}

/** The planned address of a cluster's east-west gateway: the first of its range. */
export function eastWestAddress(cluster: ClusterPlan): string {
  return cluster.loadBalancerRange.first;
}
