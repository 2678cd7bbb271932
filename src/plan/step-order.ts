import type { PlanStep } from '../topology/plan-types.js';

/**
 * The steps of a graph in an order in which they could be done one after the other, as near as may be to the one they are given
 * in. A step no longer names what another one that it names comes after.
 */
export function inOrder(steps: readonly PlanStep[]): PlanStep[] {
  const before = new Map<string, Set<string>>();
  const ordered: PlanStep[] = [];
  let left = [...steps];
  while (left.length > 0) {
    const next = left.find(({ after }) => after.every((id) => before.has(id)));
    // a circle: the executor of the graph refuses it
    if (!next) return [...ordered, ...left];
    left = left.filter((step) => step !== next);
    before.set(next.id, new Set(next.after.flatMap((id) => [id, ...before.get(id)!])));
    const needed = next.after.filter((id) => !next.after.some((other) => before.get(other)!.has(id)));
    ordered.push({ ...next, after: needed });
  }
  return ordered;
}
