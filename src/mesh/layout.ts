import { eastWestGateway as gatewayUse } from '../topology/features.js';
import type { ClusterPlan, Plan } from '../topology/types.js';

export const istioNamespace = 'istio-system';
export const sampleNamespace = 'sample';
export const eastWestGateway = 'istio-eastwestgateway';

/** Label of what a run makes in a cluster; the value is the run's id. */
export const runLabel = 'meshproof.dev/run';
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** Labels of every object that the harness makes in a cluster. */
export function ownerLabels(plan: Plan): Record<string, string> {
  return { [managedByLabel]: 'meshproof', [runLabel]: plan.runId };
}

/** Picks what carries the labels of a run. */
export function runSelector(runId: string): string {
  return `${runLabel}=${runId}`;
}

/** istioctl's label of every object that it applies; the value is the name of the IstioOperator. */
export const owningResourceLabel = 'install.operator.istio.io/owning-resource';

/** Name of an IstioOperator of a run. */
export function operatorName(runId: string, part: 'base' | 'gateway'): string {
  return `meshproof-${runId}-${part}`;
}

/** Picks what istioctl has applied for a run. */
export function installedSelector(runId: string): string {
  return `${owningResourceLabel} in (${operatorName(runId, 'base')},${operatorName(runId, 'gateway')})`;
}

/** Whether an object of these labels was applied by istioctl for a run. */
export function installedBy(labels: Record<string, string> | undefined, runId: string): boolean {
  const name = labels?.[owningResourceLabel];
  return name === operatorName(runId, 'base') || name === operatorName(runId, 'gateway');
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
