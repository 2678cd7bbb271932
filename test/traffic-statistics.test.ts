import { expect, test } from 'vitest';
import { fitsShares, sampleSizeForShares, sampleSizeToSeeAll, type Shares } from '../src/traffic/statistics.js';

/** mulberry32: small, seeded, good enough to draw calls from. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function draw(n: number, shares: Shares, next: () => number): Record<string, number> {
  const counts = Object.fromEntries(Object.keys(shares).map((name) => [name, 0]));
  for (let i = 0; i < n; i++) {
    let left = next();
    const name = Object.keys(shares).find((key) => (left -= shares[key]!) < 0) ?? Object.keys(shares)[0]!;
    counts[name]!++;
  }
  return counts;
}

function rate(trials: number, trial: () => boolean): number {
  let yes = 0;
  for (let i = 0; i < trials; i++) if (trial()) yes++;
  return yes / trials;
}

const half = { v1: 0.5, v2: 0.5 };

test('p-values are those of the textbook', () => {
  // ten coins: 0, 1, 9 or 10 heads = 22 of 1024
  expect(fitsShares({ v1: 9, v2: 1 }, half).pValue).toBeCloseTo(22 / 1024, 12);
  expect(fitsShares({ v1: 5, v2: 5 }, half).pValue).toBeCloseTo(1, 12);
  // three names, two calls: both to the same one = 3 of 9 results
  expect(fitsShares({ a: 2 }, { a: 1 / 3, b: 1 / 3, c: 1 / 3 }).pValue).toBeCloseTo(1 / 3, 12);
  expect(fitsShares({ v1: 20, v2: 0 }, half).pValue).toBeCloseTo(2 * 0.5 ** 20, 15);
});

test('an unexpected name never fits, an even spread always does', () => {
  expect(fitsShares({ v1: 50, v2: 50, 'HTTP 503': 1 }, half)).toEqual({ fits: false, pValue: 0 });
  expect(fitsShares({ v1: 250, v2: 250 }, half).fits).toBe(true);
  expect(fitsShares({ v1: 10 }, { v1: 1 }).fits).toBe(true);
  expect(fitsShares({ v1: 9, v2: 1 }, { v1: 1, v2: 0 }).fits).toBe(false);
});

test('beyond the enumeration limit the bound still tells right from wrong', () => {
  const five = { a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: 0.2 };
  expect(fitsShares({ a: 100, b: 95, c: 105, d: 110, e: 90 }, five).fits).toBe(true);
  expect(fitsShares({ a: 200, b: 75, c: 75, d: 75, e: 75 }, five).fits).toBe(false);
});

test('shares that do not add up are a mistake of the caller', () => {
  expect(() => fitsShares({ v1: 1 }, { v1: 0.5, v2: 0.4 })).toThrow(RangeError);
  expect(() => sampleSizeToSeeAll([])).toThrow(RangeError);
});

test('the false-alarm rate is at most the declared one', () => {
  const next = random(1);
  for (const shares of [half, { v1: 0.8, v2: 0.2 }, { a: 0.7, b: 0.2, c: 0.1 }]) {
    expect(rate(2000, () => !fitsShares(draw(60, shares, next), shares, 0.05).fits)).toBeLessThan(0.065);
  }
});

test('round robin of several workers, each from a random start, alarms even less often', () => {
  const next = random(2);
  const roundRobin = () => {
    const counts = { v1: 0, v2: 0 };
    const workers = [next() < 0.5, next() < 0.5];
    for (let i = 0; i < 373; i++) {
      const worker = next() < 0.5 ? 0 : 1;
      counts[workers[worker] ? 'v1' : 'v2']++;
      workers[worker] = !workers[worker];
    }
    return counts;
  };
  expect(rate(300, () => !fitsShares(roundRobin(), half, 0.05).fits)).toBe(0);
});

test('sample sizes: to see all, and to notice a shift', () => {
  expect(sampleSizeToSeeAll(['v1', 'v2'])).toBe(21);
  expect(sampleSizeToSeeAll(['v1'])).toBe(1);
  expect(sampleSizeToSeeAll({ v1: 0.9, v2: 0.1 })).toBe(132);
  const next = random(3);
  const n = sampleSizeToSeeAll(half, 0.01);
  expect(rate(5000, () => Object.values(draw(n, half, next)).includes(0))).toBeLessThan(0.015);
});

test('the promised power is reached', () => {
  const next = random(4);
  const n = sampleSizeForShares(half, { difference: 0.2, power: 0.9 });
  expect(rate(500, () => !fitsShares(draw(n, { v1: 0.7, v2: 0.3 }, next), half).fits)).toBeGreaterThan(0.86);
  const three = { a: 0.4, b: 0.3, c: 0.3 };
  const m = sampleSizeForShares(three, { difference: 0.2, falseAlarm: 1e-3, power: 0.9 });
  expect(rate(100, () => !fitsShares(draw(m, { a: 0.6, b: 0.2, c: 0.2 }, next), three, 1e-3).fits)).toBeGreaterThan(
    0.8,
  );
});

test('the size that LB-2 uses fits into one batch', () => {
  expect(sampleSizeForShares(half, { difference: 0.2 })).toBeLessThanOrEqual(500);
});
