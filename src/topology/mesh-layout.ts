import { eastWestGateway } from './features.js';
import type { Behind, ClusterPlan, ControlPlane, Followed, Plan } from './plan-types.js';

/** The remotes that a primary serves. */
export function remotesOf(plan: Plan, primary: ClusterPlan): ClusterPlan[] {
  return plan.clusters.filter((c) => c.primary === primary.name);
}

/** The clusters whose proxies the istiod of a primary serves, itself among them. */
export function servedBy<Of extends { name: string; primary?: string }>(
  clusters: readonly Of[],
  primary: string,
): Of[] {
  return clusters.filter((one) => one.name === primary || one.primary === primary);
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

/** The control planes that are installed in a cluster, in the order of their installation; of a remote what leads to its primary. */
export function controlPlanesIn({ controlPlanes }: Pick<Plan, 'controlPlanes'>, cluster: string): ControlPlane[] {
  return controlPlanes.filter((one) => one.cluster === cluster);
}

/** The control plane that configures the proxies of a cluster. */
export function servingPlane(
  { controlPlanes, clusters }: Pick<Plan, 'controlPlanes' | 'clusters'>,
  name: string,
): ControlPlane {
  const { controlPlane } = clusters.find((cluster) => cluster.name === name)!;
  return controlPlanes.find(({ id }) => id === controlPlane)!;
}

/** The control plane whose istiod configures the proxies that one in a cluster starts: of a remote that of its primary. */
export function configuring({ controlPlanes }: Pick<Plan, 'controlPlanes'>, plane: ControlPlane): ControlPlane {
  return controlPlanes.find(({ id }) => id === (plane.servedBy ?? plane.id))!;
}

/** What is installed in a cluster of the control plane that its data plane follows. */
export function ownPlane(plan: Pick<Plan, 'controlPlanes' | 'clusters'>, cluster: string): ControlPlane {
  const { revision } = servingPlane(plan, cluster);
  return controlPlanesIn(plan, cluster).find((one) => one.revision === revision)!;
}

/** What the proxies of a cluster's gateway or workloads have been started by: in the middle of an upgrade not what new ones will. */
export function followedBy(
  plan: Pick<Plan, 'controlPlanes' | 'clusters'>,
  { name, behind }: Pick<ClusterPlan, 'name' | 'behind'>,
  part: keyof Behind,
): Followed {
  return behind?.[part] ?? follow(servingPlane(plan, name));
}

/** What the proxies that a control plane starts follow. */
export function follow({ id, version, tag }: ControlPlane): Followed {
  return { controlPlane: id, version, tag };
}
