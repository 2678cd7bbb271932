import { withPlan } from '../../mesh/with-plan.js';
import { follow, followedBy, ownPlane } from '../../topology/mesh-layout.js';
import type { Plan } from '../../topology/plan-types.js';
import type { Act, ActContext } from '../scenario.js';
import { changing } from './changing-plan.js';
import { install } from './installation-work.js';
import { withPlane, withStarted } from './plan-changes.js';
import { moveGateway, moveNamespace } from './proxy-work.js';
import type { Movable, Successor, Upgrade } from './upgrade.js';

/**
 * The same revision in another version, cluster by cluster: istiod, then gateways, then workloads. An istiod starts proxies of its
 * own version alone, so gateways and workloads are taken back together with it.
 */
export function inPlaceActs({ clusters }: Upgrade, movable: Movable): Act[] {
  return clusters.flatMap((one) => [
    istiod(one, movable),
    ...(movable.gateways.includes(one.cluster) ? [gateway(one)] : []),
    ...movable.namespaces.map((namespace) => workloads(one, namespace)),
  ]);
}

function istiod({ cluster, before, after }: Successor, movable: Movable): Act {
  return {
    id: `istiod/${cluster}`,
    title: after.servedBy
      ? `what points to istiod ${after.servedBy} is of version ${after.version}`
      : `istiod ${before.version} becomes ${after.version}`,
    cluster,
    do: changing(
      (plan) => withPlane(plan, after),
      (context, plan) => install(context, plan, after.id),
    ),
    undo: async (context) => {
      const plan = withPlane(context.mesh.plan, before);
      await install(context, plan, before.id);
      return withPlan(context.mesh, await startAnew(context, plan, before.servedBy ?? before.id, movable));
    },
  };
}

/** Starts what follows a control plane and is of another version, in every cluster that it serves. */
async function startAnew(context: ActContext, plan: Plan, id: string, movable: Movable): Promise<Plan> {
  let now = plan;
  for (const { name } of plan.clusters.filter(({ controlPlane }) => controlPlane === id)) {
    const plane = ownPlane(now, name);
    const { tag } = follow(now.controlPlanes.find((one) => one.id === id)!);
    const cluster = now.clusters.find((one) => one.name === name)!;
    if (movable.gateways.includes(name) && followedBy(now, cluster, 'gateway').tag !== tag) {
      now = withStarted(now, plane, 'gateway');
      await moveGateway(context, now, plane);
    }
    if (followedBy(now, cluster, 'workloads').tag === tag) continue;
    now = withStarted(now, plane, 'workloads');
    for (const namespace of movable.namespaces)
      await moveNamespace(context, now, plane, { namespace, dataPlane: cluster.dataPlane });
    await context.load.follow(name, cluster.dataPlane);
  }
  return now;
}

/** It is taken back with the istiod that has started it. */
const withIstiod = async (): Promise<void> => {};

function gateway({ cluster, after }: Successor): Act {
  return {
    id: `gateway/${cluster}`,
    title: `the east-west gateway is of version ${after.version}, behind the same Service`,
    cluster,
    do: changing(
      (plan) => withStarted(plan, after, 'gateway'),
      (context, plan) => moveGateway(context, plan, after),
    ),
    undo: withIstiod,
  };
}

function workloads({ cluster, after, dataPlane }: Successor, namespace: string): Act {
  return {
    id: `namespace/${cluster}/${namespace}`,
    title: `the workloads of namespace ${namespace} restart one by one`,
    cluster,
    do: changing(
      (plan) => withStarted(plan, after, 'workloads'),
      async (context, plan) => {
        await moveNamespace(context, plan, after, { namespace, dataPlane: dataPlane.after });
        await context.load.follow(cluster, dataPlane.after);
      },
    ),
    undo: withIstiod,
  };
}
