import { scaled } from '../../kernel/time-limits.js';

/**
 * Milliseconds for one behaviour on a mesh of so many clusters. It is the sum of its longest waits, a first workload
 * and three remote secrets, so that a wait that times out can report its purpose. Work for one cluster or region after
 * the other (LB-5, LB-9, LOC-2 to LOC-4) takes up to 160 s for each; with `--long`, an ejection.
 */
export function behaviourLimit(clusters: number, long: boolean): number {
  return scaled(long ? 1_200_000 : 160_000) * Math.max(3, clusters);
}
