import { istiodName } from '../topology/istio-names.js';
import { needsEastWestGateway, servingPlane } from '../topology/mesh-layout.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import type { IstiodOf } from '../probe/istiod-debug.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { ActContext } from './scenario.js';

/** Parts of a mesh that scenarios are about. */

/** The cluster that a scenario loses: the last one that serves no other, so that the rest of the mesh can go on. */
export function lostCluster({ clusters }: Pick<Plan, 'clusters'>): ClusterPlan {
  return clusters.findLast(({ name }) => !clusters.some(({ primary }) => primary === name)) ?? clusters.at(-1)!;
}

/** The cluster that looks on: the first one that is not lost. */
export function otherCluster(plan: Pick<Plan, 'clusters'>): ClusterPlan {
  const lost = lostCluster(plan);
  return plan.clusters.find(({ name }) => name !== lost.name)!;
}

/** Primaries whose istiods read a cluster's API server by a remote secret. */
export function readersOf({ clusters }: Pick<Plan, 'clusters'>, name: string): ClusterPlan[] {
  return clusters.filter((one) => one.role === 'primary' && one.name !== name);
}

/** Primaries, in the order of the topology. */
export function primariesOf({ clusters }: Pick<Plan, 'clusters'>): ClusterPlan[] {
  return clusters.filter(({ role }) => role === 'primary');
}

/** Clusters with an east-west gateway. */
export function clustersWithGateway(plan: Plan): ClusterPlan[] {
  return plan.clusters.filter((cluster) => needsEastWestGateway(plan, cluster));
}

/** Where the istiod of a primary runs. */
export function istiodOf(plan: Plan, primary: string): IstiodOf {
  const { namespace, revision } = servingPlane(plan, primary);
  return { namespace, deployment: istiodName({ revision }) };
}

/** How a cluster is reached. */
export function reach({ mesh }: Pick<ActContext, 'mesh'>, name: string): ClusterHandle {
  return mesh.clusters.find((handle) => handle.name === name)!;
}
