import type { Istioctl } from '../probe/proxy.js';
import { istioctlOf, type Programs } from '../supply/program-paths.js';
import { servingPlane } from '../topology/mesh-layout.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';

/** For each cluster of a plan the istioctl that asks the istiods of its proxies. */
export function istioctlFor(plan: Plan, programs: Programs): (cluster: { name: string }) => Istioctl {
  return ({ name }) => {
    const { namespace, revision, version } = servingPlane(plan, name);
    return { program: istioctlOf(programs, version), namespace, revision };
  };
}

/** The same on a mesh that is known by its clusters alone: the istioctl on PATH, whatever its version is. */
export function istioctlOnPath(cluster: Pick<ClusterPlan, 'istio'>): Istioctl {
  return { program: 'istioctl', ...cluster.istio };
}
