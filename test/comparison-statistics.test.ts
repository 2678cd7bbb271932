import { expect, test } from 'vitest';
import { fisherTest, median, rankTest } from '../src/record/comparison/rank-test.js';

/** Two samples without ties whose U, the pairs in which `after` is larger, is as low as asked for. */
function samplesWith(u: number, n: number, m: number): [before: number[], after: number[]] {
  // all of `after` below all of `before`, then raised one by one past as many as are needed
  const before = Array.from({ length: n }, (_, i) => 100 * (i + 1));
  let left = u;
  const after = Array.from({ length: m }, (_, i) => {
    const past = Math.min(n, left);
    left -= past;
    return 100 * past + 1 + (m - i);
  });
  return [before, after];
}

/** The probability of a U as low as this or lower, as tables of critical values have it. */
function low(u: number, n: number, m: number): number {
  const [before, after] = samplesWith(u, n, m);
  expect(rankTest(before, after).u).toBe(u);
  return rankTest(after, before).p;
}

// critical values of the one-sided test at 0.05, as every textbook prints them (Mann and Whitney 1947, Milton 1964)
test.each([
  [3, 3, 0],
  [4, 4, 1],
  [4, 5, 2],
  [4, 6, 3],
  [5, 5, 4],
  [5, 6, 5],
  [5, 8, 8],
  [6, 6, 7],
  [7, 7, 11],
  [8, 8, 15],
  [10, 10, 27],
  [12, 12, 42],
  [15, 15, 72],
  [20, 20, 138],
])('with %i + %i values U up to %i is significant, and one more is not', (n, m, critical) => {
  expect(low(critical, n, m)).toBeLessThanOrEqual(0.05);
  expect(low(critical + 1, n, m)).toBeGreaterThan(0.05);
});

test.each([
  [3, 3, 1 / 20],
  [4, 4, 1 / 70],
  [5, 5, 1 / 252],
  [4, 10, 1 / 1001],
])('with %i + %i values that do not overlap, p is one of all ways', (n, m, p) =>
  expect(low(0, n, m)).toBeCloseTo(p, 12),
);

test('equal values count as half a pair, and make no difference', () => {
  expect(rankTest([1, 1, 1, 1], [1, 1, 1, 1])).toEqual({ u: 8, p: 1 });
  // by hand: of the 70 ways to choose four of 1 1 1 1 1 2 2 2, five have all three 2s among the chosen
  expect(rankTest([1, 1, 1, 1], [1, 2, 2, 2]).p).toBeCloseTo(5 / 70, 12);
  expect(rankTest([1, 1, 1, 1], [1, 2, 2, 2]).u).toBe(14);
});

test('the direction counts', () => {
  expect(rankTest([1, 2, 3, 4], [5, 6, 7, 8]).p).toBeCloseTo(1 / 70, 12);
  expect(rankTest([5, 6, 7, 8], [1, 2, 3, 4]).p).toBe(1);
});

// computed by R: fisher.test(matrix(c(...), 2), alternative = "greater")
test.each([
  [0, 5, 4, 5, 0.0238],
  [0, 5, 3, 5, 0.0833],
  [0, 10, 4, 10, 0.0433],
  [0, 10, 3, 10, 0.1053],
  [0, 20, 2, 5, 0.0333],
  [0, 20, 3, 5, 0.0043],
  [0, 20, 1, 1, 0.0476],
  [0, 3, 3, 3, 0.05],
  [1, 10, 5, 5, 0.002],
  [2, 4, 2, 4, 0.7571],
])('%i of %i failed before and %i of %i now: p = %f', (failed, all, now, of, p) =>
  expect(fisherTest({ failed, all }, { failed: now, all: of })).toBeCloseTo(p, 4),
);

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
