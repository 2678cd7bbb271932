import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { listOf } from '../../supply/choose-versions.js';
import { ownPlane } from '../../topology/mesh-layout.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import { revisionOf, supported, unsupported, type Strategy, type Successor, type Upgrade } from './upgrade.js';

/** What a user asks of an upgrade. */
export interface UpgradeRequest {
  strategy: Strategy;
  /** Names of clusters, first things first; those that are not named come after them in the order of the topology. */
  order?: readonly string[];
}

/**
 * The upgrade that leads from the control planes of a plan to those of the same topology in another version, `target`. Pure. Throws
 * (exit 2) where that is not supported, or cannot be, before anything is made.
 */
export function defineUpgrade(plan: Plan, target: Pick<Plan, 'controlPlanes'>, request: UpgradeRequest): Upgrade {
  const { strategy, order = [] } = request;
  refuseUnknown(plan, order);
  const pairs = plan.clusters.flatMap(({ name, dataPlane: named }): Successor[] => {
    const before = ownPlane(plan, name);
    const after = target.controlPlanes.find(({ id }) => id === before.id)!;
    if (before.version === after.version) return [];
    return [{ cluster: name, before, after, dataPlane: { before: named, after: named } }];
  });
  const [first] = pairs;
  if (!first)
    throw refused(`every cluster of ${plan.topology} has Istio ${plan.controlPlanes[0]!.version} already`, undefined);
  const versions = [...new Set(pairs.map(({ before, after }) => `${before.version} to ${after.version}`))];
  if (versions.length > 1)
    throw refused(
      `the clusters of ${plan.topology} need different version changes: ${listOf(versions)}`,
      'the same version change in every cluster',
    );
  const { version: from } = first.before;
  const { version: to } = first.after;
  const problem = unsupported(from, to, strategy);
  if (problem) throw refused(problem, supported);
  const clusters = inOrder(plan, pairs, order);
  if (strategy === 'in-place') return { from, to, strategy, clusters };
  const revision = revisionOf(to);
  const taken = plan.controlPlanes.find((one) => one.revision === revision || one.tags.includes(revision));
  if (taken) throw refused(`${taken.cluster} has a revision or tag ${revision} already`, 'an unused name');
  const named = (plane: ControlPlane): ControlPlane => ({
    ...plane,
    id: `${plane.cluster}/${revision}`,
    revision,
    ...(plane.servedBy && { servedBy: `${plane.servedBy.split('/')[0]}/${revision}` }),
    // they are moved by an act of their own
    tags: [],
  });
  const withRevision = (one: Successor): Successor => ({
    ...one,
    after: named(one.after),
    // a tag stays what namespaces name, and leads elsewhere
    dataPlane: {
      ...one.dataPlane,
      after: one.before.tags.includes(one.dataPlane.before) ? one.dataPlane.before : revision,
    },
  });
  return { from, to, strategy, clusters: clusters.map(withRevision) };
}

/** The clusters as they are asked for, each remote after its primary. Throws where the order says otherwise. */
function inOrder<T extends { cluster: string }>(plan: Plan, pairs: readonly T[], order: readonly string[]): T[] {
  const primaryOf = (name: string) => plan.clusters.find((one) => one.name === name)!.primary;
  for (const [i, name] of order.entries()) {
    const primary = primaryOf(name);
    if (primary !== undefined && order.indexOf(primary) > i)
      throw refused(`--order ${order.join(',')}: ${name} is a remote of ${primary}`, `${primary} before ${name}`);
  }
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  // a remote that is named without its primary does not come before it
  const place = (name: string): number => Math.max(rank(name), rank(primaryOf(name) ?? name));
  const index = (name: string): number => plan.clusters.findIndex((one) => one.name === name);
  // those of the same place come as in the topology, a remote behind its primary
  const keys = ({ cluster: name }: T): number[] => {
    const primary = primaryOf(name);
    return [place(name), index(primary ?? name), Number(primary !== undefined), index(name)];
  };
  return pairs.toSorted((a, b) => {
    const [left, right] = [keys(a), keys(b)];
    const first = left.findIndex((key, i) => key !== right[i]);
    return first < 0 ? 0 : left[first]! - right[first]!;
  });
}

function refuseUnknown(plan: Plan, order: readonly string[]): void {
  const names = plan.clusters.map(({ name }) => name);
  const unknown = order.find((name, i) => !names.includes(name) || order.indexOf(name) !== i);
  if (unknown !== undefined)
    throw refused(`--order ${order.join(',')}: ${unknown} is not a cluster, or is named twice`, names.join(', '));
}

function refused(message: string, expected: string | undefined): MeshproofError {
  return new MeshproofError(message, exitCode.usage, { expected });
}
