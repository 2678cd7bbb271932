import type { PlanStep } from '../topology/plan-types.js';

/**
 * The steps of a graph in a sequential order, as close as possible to the given one. A step no longer lists indirect
 * predecessors.
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
