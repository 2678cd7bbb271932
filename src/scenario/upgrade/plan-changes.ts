import { configuring, follow, followedBy, needsEastWestGateway } from '../../topology/mesh-layout.js';
import type { Behind, ClusterPlan, ControlPlane, Followed, Plan } from '../../topology/plan-types.js';

/**
 * What acts of an upgrade make of the plan of a mesh: its control planes, and which of them each part of a cluster follows. All of
 * them are pure, and can be done again.
 */

type Part = keyof Behind;

/** With a control plane more, behind those of its cluster; one of the same id is replaced. What proxies follow stays as it is. */
export function withPlane(plan: Plan, plane: ControlPlane): Plan {
  return planesChanged(plan, (planes) => {
    if (planes.some(({ id }) => id === plane.id)) return planes.map((one) => (one.id === plane.id ? plane : one));
    const last = planes.findLastIndex(({ cluster }) => cluster === plane.cluster);
    return planes.toSpliced(last + 1, 0, plane);
  });
}

/** Without a control plane that has no more followers. */
export function withoutPlane(plan: Plan, id: string): Plan {
  return planesChanged(plan, (planes) => planes.filter((one) => one.id !== id));
}

/** With one control plane in front of all others of its cluster: its default. */
export function withDefault(plan: Plan, id: string): Plan {
  return planesChanged(plan, (planes) => {
    const chosen = planes.find((one) => one.id === id)!;
    const first = planes.findIndex(({ cluster }) => cluster === chosen.cluster);
    return planes.filter((one) => one !== chosen).toSpliced(first, 0, chosen);
  });
}

/** With tags of one control plane at another one. */
export function withTags(plan: Plan, tags: readonly string[], from: string, to: string): Plan {
  return planesChanged(plan, (planes) =>
    planes.map((one) => {
      const others = one.tags.filter((tag) => !tags.includes(tag));
      if (one.id === to) return { ...one, tags: [...others, ...tags] };
      return one.id === from ? { ...one, tags: others } : one;
    }),
  );
}

/**
 * With namespaces that name another control plane of the cluster by its revision or tag: new pods follow it, and what runs
 * already follows what it did.
 */
export function withDataPlane(plan: Plan, plane: ControlPlane, dataPlane: string): Plan {
  return clusterChanged(plan, plane.cluster, (cluster) => {
    const moved = { ...cluster, controlPlane: plane.servedBy ?? plane.id, dataPlane };
    return settled(plan, moved, partsOf(plan, cluster));
  });
}

/** With proxies of a cluster that a control plane has restarted. */
export function withStarted(plan: Plan, plane: ControlPlane, part: Part): Plan {
  return clusterChanged(plan, plane.cluster, (cluster) =>
    settled(plan, cluster, { ...partsOf(plan, cluster), [part]: follow(configuring(plan, plane)) }),
  );
}

type Parts = Record<Part, Followed>;

function partsOf(plan: Plan, cluster: ClusterPlan): Parts {
  return { gateway: followedBy(plan, cluster, 'gateway'), workloads: followedBy(plan, cluster, 'workloads') };
}

/** A cluster of a plan whose parts follow this; said of those alone that do not follow what new proxies will. */
function settled(plan: Plan, cluster: ClusterPlan, parts: Parts): ClusterPlan {
  const { behind: _, ...own } = cluster;
  const now = follow(plan.controlPlanes.find(({ id }) => id === cluster.controlPlane)!);
  const differs = (part: Part): boolean => parts[part].controlPlane !== now.controlPlane || parts[part].tag !== now.tag;
  const behind: Behind = {
    ...(needsEastWestGateway(plan, cluster) && differs('gateway') && { gateway: parts.gateway }),
    ...(differs('workloads') && { workloads: parts.workloads }),
  };
  return Object.keys(behind).length > 0 ? { ...own, behind } : own;
}

function planesChanged(plan: Plan, change: (planes: ControlPlane[]) => ControlPlane[]): Plan {
  const next = { ...plan, controlPlanes: change(plan.controlPlanes) };
  return { ...next, clusters: plan.clusters.map((cluster) => settled(next, cluster, partsOf(plan, cluster))) };
}

function clusterChanged(plan: Plan, name: string, change: (cluster: ClusterPlan) => ClusterPlan): Plan {
  return { ...plan, clusters: plan.clusters.map((one) => (one.name === name ? change(one) : one)) };
}
