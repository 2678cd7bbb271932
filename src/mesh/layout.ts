import { eastWestGateway as gatewayUse } from '../topology/features.js';
import type { ClusterPlan, Plan } from '../topology/types.js';

export const istioNamespace = 'istio-system';
export const sampleNamespace = 'sample';
export const eastWestGateway = 'istio-eastwestgateway';

/** Labels of every object that the harness makes in a cluster. */
export function ownerLabels(plan: Plan): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/run': plan.runId };
}

/** Label of the namespaces that are lent to behaviours. */
export const lentLabel = 'meshproof.dev/lent';

/** The remotes that a primary serves. */
export function remotesOf(plan: Plan, primary: ClusterPlan): ClusterPlan[] {
  return plan.clusters.filter((c) => c.primary === primary.name);
}

/** Every cluster of a multi-network mesh has an east-west gateway, and every primary that exposes istiod to a remote. */
export function needsEastWestGateway(plan: Plan, cluster: ClusterPlan): boolean {
  return gatewayUse(cluster, plan.clusters) !== undefined;
}

/** Which clusters' remote secrets a cluster needs: a primary reads the services and endpoints of all others. */
export function watchedBy(plan: Plan, cluster: ClusterPlan): ClusterPlan[] {
  return cluster.role === 'primary' ? plan.clusters.filter((c) => c.name !== cluster.name) : [];
}

/** The planned address of a cluster's east-west gateway: the first of its range. */
export function eastWestAddress(cluster: ClusterPlan): string {
  return cluster.loadBalancerRange.first;
}
