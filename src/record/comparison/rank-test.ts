/**
 * Exact tests of two small samples whose unit is a run, never a call: calls of one outage are not independent. One-sided: each asks
 * whether the second sample is worse than the first, where more is worse. test/comparison-statistics.test.ts holds them against
 * published tables.
 */

/** A p-value up to this one is told as a difference. */
export const level = 0.05;

/** Runs that each side needs before a difference is told: with 3 + 3 runs the smallest p-value is 1/20, with 4 + 4 it is 1/70. */
export const runsNeeded = 4;

export interface RankTest {
  /** Pairs in which the value of the second sample is the larger one; equal values count as half a pair. */
  u: number;
  /** Probability of such a U, or a larger one, if both samples come from the same distribution. */
  p: number;
}

/** Wilcoxon, Mann and Whitney: whether the values of `after` are larger than those of `before`. Exact, with ties. */
export function rankTest(before: readonly number[], after: readonly number[]): RankTest {
  if (before.length === 0 || after.length === 0) throw new RangeError('each sample needs a value');
  const ranks = doubledRanks([...before, ...after]);
  const observed = ranks.slice(before.length).reduce((sum, rank) => sum + rank, 0);
  const ways = waysBySum(ranks, after.length);
  let [atLeast, all] = [0, 0];
  for (const [sum, count] of ways.entries()) {
    all += count;
    if (sum >= observed) atLeast += count;
  }
  return { u: observed / 2 - (after.length * (after.length + 1)) / 2, p: atLeast / all };
}

/** Twice the rank of each value among all; equal values share the mean of their ranks, which is a half at worst. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const smaller = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * smaller + equal + 1;
  });
}

/** In how many ways `size` of the ranks have each sum. */
function waysBySum(ranks: readonly number[], size: number): number[] {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Array<number>(total + 1).fill(0));
  ways[0]![0] = 1;
  for (const rank of ranks)
    for (let taken = size; taken > 0; taken--)
      for (let sum = total; sum >= rank; sum--) ways[taken]![sum]! += ways[taken - 1]![sum - rank]!;
  return ways[size]!;
}

/** Runs of one side: how many failed, of how many that were decided. */
export interface Runs {
  failed: number;
  all: number;
}

/** Fisher: the probability that at least so many of the failures fall on the side `after`, if both sides fail equally often. */
export function fisherTest(before: Runs, after: Runs): number {
  const failed = before.failed + after.failed;
  const all = before.all + after.all;
  let p = 0;
  for (let count = after.failed; count <= Math.min(after.all, failed); count++)
    p += (choose(after.all, count) * choose(before.all, failed - count)) / choose(all, failed);
  return Math.min(1, p);
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
