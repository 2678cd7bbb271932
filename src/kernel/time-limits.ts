/** By how much every time limit is longer than its own value. */
let scale = 1;

/**
 * Makes every time limit longer or shorter, for a machine that is slower or faster than most: `timeouts: { scale: 2 }` in
 * meshproof.config, validated there. Scaled are
 *
 * - waits: `converge`, `ClusterWatch.until`, and how long an API server may be away (`outage.ts`),
 * - commands and requests: `run`, and requests to API servers,
 * - what behaviours wait for (`fixtures/timeouts.ts`), their calls, and the limit of a whole behaviour.
 *
 * Each of these functions scales the limit that it is given, so callers give the value for a usual machine.
 */
export function scaleTimeLimits(factor: number): void {
  scale = factor;
}

/** A time limit as it is on this machine, in its own unit. */
export function scaled(limit: number): number {
  return limit * scale;
}
