import { accessOf } from '../provider/cluster-handle.js';
import { ownPlane } from '../topology/mesh-layout.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import type { MeshState } from './mesh-state.js';

/** A mesh with another plan of the same clusters: its handles follow from the plan and from how the clusters are reached. */
export function withPlan(mesh: MeshState, given: Plan): MeshState {
  const plan = { ...given, clusters: given.clusters.map((cluster) => withNames(given, cluster)) };
  const clusters = mesh.clusters.map((access) => ({
    ...plan.clusters.find(({ name }) => name === access.name)!,
    ...accessOf(access),
  }));
  return { ...mesh, version: 2, plan, clusters };
}

function withNames(plan: Plan, cluster: ClusterPlan): ClusterPlan {
  const { namespace, revision } = ownPlane(plan, cluster.name);
  return { ...cluster, istio: { namespace, revision } };
}
