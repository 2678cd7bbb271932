import { expect, test } from 'vitest';
import { fitsShares, sampleSizeForShares, sampleSizeToSeeAll } from '../src/probe/statistics.js';

const half = { v1: 0.5, v2: 0.5 };

test('p-values are those of the textbook', () => {
  // ten coins: 0, 1, 9 or 10 heads = 22 of 1024
  expect(fitsShares({ v1: 9, v2: 1 }, half).pValue).toBeCloseTo(22 / 1024, 12);
  expect(fitsShares({ v1: 5, v2: 5 }, half).pValue).toBeCloseTo(1, 12);
  // three names, two calls: three times the chance of both to one of them, 1 of 9
  expect(fitsShares({ a: 2 }, { a: 1 / 3, b: 1 / 3, c: 1 / 3 }).pValue).toBeCloseTo(1 / 3, 12);
  expect(fitsShares({ v1: 20, v2: 0 }, half).pValue).toBeCloseTo(2 * 0.5 ** 20, 15);
});

test('an unexpected name never fits, an even spread always does', () => {
  expect(fitsShares({ v1: 50, v2: 50, 'HTTP 503': 1 }, half)).toEqual({ fits: false, pValue: 0 });
  expect(fitsShares({ v1: 250, v2: 250 }, half).fits).toBe(true);
  expect(fitsShares({ v1: 10 }, { v1: 1 }).fits).toBe(true);
  expect(fitsShares({ v1: 9, v2: 1 }, { v1: 1, v2: 0 }).fits).toBe(false);
});

test('of many names, each at its part of the level, right is told from wrong', () => {
  const five = { a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: 0.2 };
  expect(fitsShares({ a: 100, b: 95, c: 105, d: 110, e: 90 }, five).fits).toBe(true);
  expect(fitsShares({ a: 200, b: 75, c: 75, d: 75, e: 75 }, five).fits).toBe(false);
});

test('shares that do not add up are a mistake of the caller', () => {
  expect(() => fitsShares({ v1: 1 }, { v1: 0.5, v2: 0.4 })).toThrow(RangeError);
  expect(() => sampleSizeToSeeAll([])).toThrow(RangeError);
});

test('sample sizes: to see all', () => {
  expect(sampleSizeToSeeAll(['v1', 'v2'])).toBe(21);
  expect(sampleSizeToSeeAll(['v1'])).toBe(1);
  expect(sampleSizeToSeeAll({ v1: 0.9, v2: 0.1 })).toBe(132);
});

test('the size that LB-2 uses fits into one batch', () => {
  expect(sampleSizeForShares(half, { difference: 0.2 })).toBeLessThanOrEqual(500);
});
