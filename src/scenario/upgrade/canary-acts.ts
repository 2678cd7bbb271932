import { withPlan } from '../../mesh/with-plan.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import type { Act } from '../scenario.js';
import { changing } from './changing-plan.js';
import { exposeAll, install, removePlane } from './installation-work.js';
import { withDataPlane, withDefault, withoutPlane, withPlane, withStarted, withTags } from './plan-changes.js';
import { moveGateway, moveNamespace } from './proxy-work.js';
import type { Movable, Successor, Upgrade } from './upgrade.js';

/**
 * A new revision beside the old one, cluster by cluster; the old ones go at the end, those of remotes first. A cluster is upgraded
 * as far as it can be before the next one begins, so that the mesh of two versions lasts.
 */
export function canaryActs({ clusters }: Upgrade, movable: Movable): Act[] {
  const primaries = clusters.filter(({ before }) => !before.servedBy);
  const remotes = clusters.filter(({ before }) => before.servedBy);
  return [
    ...clusters.flatMap((one) => [
      newRevision(one),
      ...(one.before.tags.length > 0 ? [tagsMoved(one, movable)] : []),
      ...movable.namespaces.map((namespace) => namespaceMoved(one, namespace)),
      ...(movable.gateways.includes(one.cluster) ? [gatewayMoved(one)] : []),
    ]),
    ...[...remotes, ...primaries].map(oldRemoved),
  ];
}

function newRevision({ cluster, before, after }: Successor): Act {
  const what = after.servedBy ? `what points to istiod ${after.servedBy}` : `istiod ${after.version}`;
  return {
    id: `istiod/${cluster}`,
    title: `${what} as revision ${after.revision} beside ${before.revision}`,
    cluster,
    do: changing(
      (plan) => withPlane(plan, after),
      (context, plan) => install(context, plan, after.id),
    ),
    undo: changing(
      (plan) => withoutPlane(plan, after.id),
      async (context, plan) => {
        // what both of them need is the old one's again before the new one goes
        await install(context, plan, before.id);
        await removePlane(context, withPlane(plan, after), after);
      },
    ),
  };
}

function tagsMoved({ cluster, before, after, dataPlane }: Successor, { namespaces }: Movable): Act {
  const { tags } = before;
  const follows = tags.includes(dataPlane.before);
  const named = (plan: Plan, plane: ControlPlane): Plan =>
    follows ? withDataPlane(plan, plane, dataPlane.before) : plan;
  return {
    id: `tags/${cluster}`,
    title: `${tags.join(', ')} ${tags.length > 1 ? 'point' : 'points'} to revision ${after.revision}`,
    cluster,
    do: changing(
      (plan) => named(withTags(plan, tags, before.id, after.id), after),
      (context, plan) => install(context, plan, after.id),
    ),
    undo: changing(
      (plan) => {
        const back = named(withTags(plan, tags, after.id, before.id), before);
        return follows ? withStarted(back, before, 'workloads') : back;
      },
      async (context, plan) => {
        // an installer takes away what it no longer gives: so the one that has the tags from now on comes last
        await install(context, plan, after.id);
        await install(context, plan, before.id);
        if (!follows) return;
        for (const namespace of namespaces)
          await moveNamespace(context, plan, before, { namespace, dataPlane: dataPlane.before });
        await context.load.follow(cluster, dataPlane.before);
      },
    ),
  };
}

function namespaceMoved({ cluster, before, after, dataPlane }: Successor, namespace: string): Act {
  const move = (plane: ControlPlane, name: string) =>
    changing(
      (plan) => withStarted(withDataPlane(plan, plane, name), plane, 'workloads'),
      async (context, plan) => {
        await moveNamespace(context, plan, plane, { namespace, dataPlane: name });
        await context.load.follow(cluster, name);
      },
    );
  return {
    id: `namespace/${cluster}/${namespace}`,
    title: `namespace ${namespace} follows ${dataPlane.after}; its workloads restart one by one`,
    cluster,
    do: move(after, dataPlane.after),
    undo: async (context) => {
      // workloads that follow a tag are taken back with the tag
      const byTag = dataPlane.before === dataPlane.after;
      return byTag ? context.mesh : move(before, dataPlane.before)(context);
    },
  };
}

function gatewayMoved({ cluster, before, after }: Successor): Act {
  const move = (plane: ControlPlane) =>
    changing(
      (plan) => withStarted(plan, plane, 'gateway'),
      (context, plan) => moveGateway(context, plan, plane),
    );
  return {
    id: `gateway/${cluster}`,
    title: `the east-west gateway is of revision ${after.revision}, behind the same Service`,
    cluster,
    do: move(after),
    undo: move(before),
  };
}

function oldRemoved({ cluster, before: { tags: _, ...before }, after }: Successor): Act {
  // its tags have moved
  const old: ControlPlane = { ...before, tags: [] };
  return {
    id: `old/${cluster}`,
    title: `revision ${after.revision} becomes the default, and revision ${old.revision} is removed`,
    cluster,
    do: async (context) => {
      const both = withDefault(withPlane(context.mesh.plan, old), after.id);
      await install(context, both, after.id);
      await removePlane(context, both, old);
      const plan = withoutPlane(both, old.id);
      await exposeAll(context, plan, cluster);
      return withPlan(context.mesh, plan);
    },
    undo: changing(
      (plan) => withDefault(withPlane(plan, old), old.id),
      async (context, plan) => {
        await install(context, plan, old.id);
        // it is no longer the default: an installer that gives it the tag takes that back
        await install(context, plan, after.id);
      },
    ),
  };
}
