import { expect, test } from 'vitest';
import {
  callsToSeeAll,
  fitsShares,
  sampleSizeForShares,
  sampleSizeToSeeAll,
  type Shares,
} from '../src/probe/statistics.js';
import { random } from './helpers/random.js';
import { binomial, doc } from './helpers/rates.js';

// The rates of docs/soundness.md, with the functions that the suites use: exactly, and by drawing 100,000 batches for each
// size, this many of a sound mesh and as many of a broken one.
const batches = 50_000;

/** What the rate may be above the stated one in a simulation: five standard deviations, so that the seed does not matter. */
const above = (rate: number): number => rate + 5 * Math.sqrt(rate / batches);

const equal = (...names: string[]): Shares => Object.fromEntries(names.map((name) => [name, 1 / names.length]));

/** Every distribution that a suite tests: a batch of this size, made for a shift of one share by this much. */
const tests: { where: string; shares: Shares; difference: number; calls: number }[] = [
  { where: 'LB-2', shares: equal('v1', 'v2'), difference: 0.2, calls: 383 },
  { where: 'LB-2', shares: { v3: 1 / 3, 'v1+v2': 2 / 3 }, difference: 0.2, calls: 382 },
  { where: 'LB-2, LB-8', shares: equal('a', 'b', 'c'), difference: 0.2, calls: 407 },
  { where: 'LOC-5, TRF-3', shares: equal('a', 'b'), difference: 0.3, calls: 158 },
  { where: 'LOC-5', shares: { c: 1 / 3, 'a+b': 2 / 3 }, difference: 0.3, calls: 170 },
  { where: 'LOC-5', shares: equal('a', 'b', 'c'), difference: 0.3, calls: 178 },
  { where: 'LOC-7', shares: { a: 0.7, b: 0.2, c: 0.1 }, difference: 0.2, calls: 395 },
  { where: 'TRF-1', shares: { a: 0.8, b: 0.2 }, difference: 0.2, calls: 321 },
  { where: 'TRF-1, TRF-3', shares: { a: 0.3, b: 0.7 }, difference: 0.2, calls: 375 },
  { where: 'TRF-4', shares: equal('200', '503'), difference: 0.25, calls: 236 },
  { where: 'TRF-4', shares: { 1: 1 / 2, 2: 1 / 4, 3: 1 / 8, 4: 1 / 16, 503: 1 / 16 }, difference: 0.2, calls: 415 },
];

/** What a share can have become. */
const shiftsOf = (share: number, difference: number): number[] =>
  [share - difference, share + difference].filter((to) => to > 0 && to < 1);

/** Probability that the test of one share against the rest says no at this level, when the truth is `to`: over all counts. */
function saysNo(calls: number, share: number, to: number, level?: number): number {
  const shares = { one: share, rest: 1 - share };
  return binomial(calls, to).reduce(
    (sum, chance, one) => (fitsShares({ one, rest: calls - one }, shares, level).fits ? sum : sum + chance),
    0,
  );
}

/** Draws the counts of a batch of `n` independent calls: one share after the other from what is left. */
function batchOf(n: number, shares: number[], next: () => number): () => number[] {
  const sums = shares.map(() => new Map<number, number[]>());
  const rest = shares.map((_, i) => shares.slice(i).reduce((sum, share) => sum + share, 0));
  const upTo = (i: number, left: number): number[] => {
    let found = sums[i]!.get(left);
    if (!found) {
      let sum = 0;
      found = binomial(left, shares[i]! / rest[i]!).map((chance) => (sum += chance));
      sums[i]!.set(left, found);
    }
    return found;
  };
  return () => {
    let left = n;
    const counts = shares.slice(1).map((_, i) => {
      const [table, drawn] = [upTo(i, left), next()];
      let [low, high] = [0, left];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (table[middle]! > drawn) high = middle;
        else low = middle + 1;
      }
      left -= low;
      return low;
    });
    return [...counts, left];
  };
}

/** `fitsShares` for batches of one size, which asks it once for every result. */
function judgeOf(shares: Shares): (counts: number[]) => ReturnType<typeof fitsShares> {
  const names = Object.keys(shares);
  const known = new Map<number, ReturnType<typeof fitsShares>>();
  return (counts) => {
    const key = counts.reduce((all, count) => all * 512 + count, 0);
    let fit = known.get(key);
    if (!fit)
      known.set(key, (fit = fitsShares(Object.fromEntries(names.map((name, i) => [name, counts[i]!])), shares)));
    return fit;
  };
}

/** A test of a suite, and batches of its size drawn from shares that may be others than its own. */
function simulationOf({ shares, difference, calls }: (typeof tests)[number]) {
  const n = sampleSizeForShares(shares, { difference });
  const next = random(calls);
  return {
    each: Object.values(shares),
    drawing: (from: number[]) => batchOf(n, from, next),
    judge: judgeOf(shares),
  };
}

function rate(trial: (i: number) => boolean): number {
  let yes = 0;
  for (let i = 0; i < batches; i++) if (trial(i)) yes++;
  return yes / batches;
}

test.each(tests)('of $where, $calls calls: exact rates of false alarms and misses are those stated', (use) => {
  const { where, shares, difference, calls } = use;
  expect(sampleSizeForShares(shares, { difference })).toBe(calls);
  // of more than two shares each has its part of the level; the sum, and the misses of one share's own test, are bounds
  const each = Object.values(shares);
  const [tested, level] = each.length > 2 ? [each, 1e-6 / each.length] : [each.slice(1)];
  const falseAlarm = tested.reduce((sum, share) => sum + saysNo(calls, share, share, level), 0);
  const noticed = each.flatMap((share) => shiftsOf(share, difference).map((to) => saysNo(calls, share, to, level)));
  const missed = 1 - Math.min(...noticed);
  expect(falseAlarm).toBeLessThanOrEqual(1e-6);
  expect(missed).toBeLessThanOrEqual(1e-3);
  const percent = each.map((share) => Number((share * 100).toPrecision(3))).join(', ');
  const rates = [falseAlarm.toExponential(1), Math.round(difference * 100), missed.toExponential(1)];
  expect(doc).toContain(`| ${[where, calls, percent, ...rates].join(' | ')} |`);
});

test.each(tests)('of $where, $calls calls: drawn batches of a sound mesh alarm as rarely as stated', (use) => {
  const { each, drawing, judge } = simulationOf(use);
  const draw = drawing(each);
  const sound = Array.from({ length: batches }, () => judge(draw()));
  expect(rate((i) => !sound[i]!.fits)).toBeLessThanOrEqual(above(1e-6));
  for (const level of [1e-2, 1e-3]) {
    const alarms = rate((i) => sound[i]!.pValue <= level);
    expect(alarms).toBeLessThanOrEqual(above(level));
    // a test that never alarms would keep every level
    expect(alarms).toBeGreaterThan(level / 10);
  }
});

test.each(tests)('of $where, $calls calls: drawn batches of a broken mesh pass as rarely as stated', (use) => {
  const { each, drawing, judge } = simulationOf(use);
  // one share shifted, the others in the proportions that they had
  const broken = each.flatMap((share, i) =>
    shiftsOf(share, use.difference).map((to) => {
      const scale = (1 - to) / (1 - share);
      return drawing(each.map((of, j) => (j === i ? to : of * scale)));
    }),
  );
  expect(rate((i) => judge(broken[i % broken.length]!()).fits)).toBeLessThanOrEqual(above(1e-3));
});

test('round robin of two worker threads, each from a random start, never alarms, not even at 5 %', () => {
  const next = random(2);
  const workers = batchOf(383, [1 / 2, 1 / 2], next);
  const judge = judgeOf(equal('v1', 'v2'));
  const roundRobin = () => {
    const v1 = workers().reduce((sum, calls) => sum + Math.floor((calls + Math.round(next())) / 2), 0);
    return [v1, 383 - v1];
  };
  expect(rate(() => judge(roundRobin()).pValue <= 0.05)).toBe(0);
});

/** LEAST_REQUEST at its worst: of two endpoints drawn at random it takes the less busy one, and endpoint 0 is always the busiest. */
function seesBusiest(endpoints: number, calls: number, next: () => number): boolean {
  for (let i = 0; i < calls; i++) if (next() * endpoints < 1 && next() * endpoints < 1) return true;
  return false;
}

test.each([
  [2, 51],
  [3, 127],
  [4, 236],
])('of %i endpoints none is missed by %i calls', (endpoints, calls) => {
  expect(callsToSeeAll(endpoints)).toBe(calls);
  const missed = (n: number) => (1 - 1 / endpoints ** 2) ** n;
  expect(endpoints * missed(calls)).toBeLessThanOrEqual(1e-6);
  expect(endpoints * missed(calls - 1)).toBeGreaterThan(1e-6);
  expect(doc).toContain(
    `| ${endpoints} | ${calls} | ${(endpoints * missed(calls)).toExponential(1)} | ${missed(calls).toExponential(1)} |`,
  );

  const next = random(endpoints);
  expect(rate(() => !seesBusiest(endpoints, calls, next))).toBeLessThanOrEqual(above(1e-6));
  const least = Object.fromEntries(Array.from({ length: endpoints }, (_, i) => [i, 1 / endpoints ** 2]));
  for (const level of [1e-1, 1e-2]) {
    const fewer = sampleSizeToSeeAll(least, level);
    const some = rate(() => !seesBusiest(endpoints, fewer, next));
    expect(some).toBeLessThanOrEqual(above(level / endpoints));
    expect(some).toBeGreaterThan(level / endpoints / 2);
  }
});
