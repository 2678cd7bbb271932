import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Batch, type Call } from '../src/probe/batch-answers.js';
import { inParts, largestPart } from '../src/probe/batch-parts.js';
import {
  callsToMeet,
  callsToSeeAll,
  fitsShares,
  sampleSizeForShares,
  sampleSizeToSeeAll,
  type Shares,
} from '../src/probe/statistics.js';
import { random } from './helpers/random.js';
import { binomial } from './helpers/rates.js';

// The rates of docs/soundness.md for meshes of 1 to 15 clusters and up to 30 versions; those of the project's own topologies are in
// test/soundness.test.ts.

const equal = (k: number): Shares => Object.fromEntries(Array.from({ length: k }, (_, i) => [`v${i + 1}`, 1 / k]));
const doc = readFileSync('docs/soundness.md', 'utf8').replaceAll(/ +/g, ' ');

/** Probability that `n` calls show that one share of `names` has become `to`, by the test of that share alone. */
function noticed(n: number, share: number, to: number, names: number): number {
  const level = names > 2 ? 1e-6 / names : 1e-6;
  const shares = { one: share, rest: 1 - share };
  const says = (one: number): boolean => !fitsShares({ one, rest: n - one }, shares, level).fits;
  return binomial(n, to).reduce((sum, chance, one) => (chance > 1e-12 && says(one) ? sum + chance : sum), 0);
}

test.each([
  [2, 0.2],
  [2, 0.3],
  [3, 0.2],
  [6, 0.2],
  [10, 0.3],
  [15, 0.2],
  [30, 0.2],
])('of %i equal shares, every sample from the stated size on notices a shift of %d', (k, difference) => {
  const share = 1 / k;
  const size = sampleSizeForShares(equal(k), { difference });
  const least = (n: number): number =>
    Math.min(...[Math.max(0, share - difference), share + difference].map((to) => noticed(n, share, to, k)));
  for (let n = size; n <= size * 2; n++) expect([n, least(n) >= 0.999 - 1e-9]).toEqual([n, true]);
  expect(least(size - 1)).toBeLessThan(0.999);
});

test.each([
  [{ a: 1 / 3, b: 2 / 3 }, 0.2],
  [{ a: 0.75, b: 0.25 }, 0.15],
  [{ a: 0.7, b: 0.2, c: 0.1 }, 0.2],
])('of shares %j, every sample from the stated size on notices a shift of %d', (shares, difference) => {
  const size = sampleSizeForShares(shares, { difference });
  const each = Object.values(shares);
  for (let n = size; n <= size * 2; n++) {
    const least = each.flatMap((share) =>
      [Math.max(0, share - difference), share + difference]
        .filter((to) => to < 1)
        .map((to) => noticed(n, share, to, each.length)),
    );
    expect([n, Math.min(...least) >= 0.999 - 1e-9]).toEqual([n, true]);
  }
});

test('with the size for any number of clusters, a version that is gone does not fit its share', () => {
  for (let k = 2; k <= 30; k++) {
    const calls = sampleSizeForShares(equal(k), { difference: 0.2 });
    const even = Object.fromEntries(Object.keys(equal(k)).map((name) => [name, calls / k]));
    expect(fitsShares(rounded(even), equal(k)).fits).toBe(true);
    const { v1, ...others } = even;
    const scaled = Object.fromEntries(Object.entries(others).map(([name, n]) => [name, n + v1! / (k - 1)]));
    expect([k, fitsShares(rounded(scaled), equal(k)).fits]).toEqual([k, false]);
  }
});

/** Whole numbers of the same sum. */
function rounded(counts: Record<string, number>): Record<string, number> {
  let over = 0;
  return Object.fromEntries(
    Object.entries(counts).map(([name, n]) => {
      const whole = Math.round(n + over);
      over += n - whole;
      return [name, whole];
    }),
  );
}

const percent = (value: number): string => `${Number((value * 100).toPrecision(2))} %`;

test.each([
  [6, 555, 23],
  [10, 1604, 44],
  [15, 3710, 73],
  [30, 15487, 169],
])('of %i endpoints none is missed by %i calls, and %i calls in an attempt meet them', (k, all, meet) => {
  expect([callsToSeeAll(k), callsToMeet(k)]).toEqual([all, meet]);
  const missed = (1 - 1 / k ** 2) ** all;
  expect(k * missed).toBeLessThanOrEqual(1e-6);
  expect(doc).toContain(`| ${[k, all, (k * missed).toExponential(1), missed.toExponential(1)].join(' | ')} |`);
  const missedByOne = k * (1 - 1 / k) ** meet;
  expect(missedByOne).toBeLessThanOrEqual(0.1);
  expect(doc).toContain(`| ${[k, meet, percent(missedByOne)].join(' | ')} |`);
});

test('a poll of a sound mesh of any size finds all its versions, and one that lacks a version never does', () => {
  const next = random(30);
  for (let k = 1; k <= 30; k++) {
    const draw = (from: number): Set<number> =>
      new Set(Array.from({ length: callsToMeet(k) }, () => Math.floor(next() * from)));
    const polls = 100;
    let missed = 0;
    for (let i = 0; i < polls; i++) {
      // a busy machine has time for six attempts
      if (!Array.from({ length: 6 }, () => draw(k).size === k).includes(true)) missed++;
      if (k > 1) expect(draw(k - 1).size).toBeLessThan(k);
    }
    expect([k, missed]).toEqual([k, 0]);
  }
});

test('LEAST_REQUEST at its worst misses one of many endpoints as rarely as it should', () => {
  const next = random(15);
  for (const k of [6, 10, 15, 30]) {
    const [level, batches] = [0.1, 2000];
    const calls = sampleSizeToSeeAll(Object.fromEntries(Array.from({ length: k }, (_, i) => [i, 1 / k ** 2])), level);
    let missed = 0;
    for (let i = 0; i < batches; i++) {
      let seen = false;
      for (let j = 0; j < calls && !seen; j++) seen = next() * k < 1 && next() * k < 1;
      if (!seen) missed++;
    }
    const rate = level / k;
    expect(missed / batches).toBeLessThanOrEqual(rate + 5 * Math.sqrt(rate / batches));
  }
});

/** A part of a batch, with calls that ended like this. */
const part = (count: number, exit = 0): Batch => {
  const call = (_: unknown, i: number): Call => ({
    id: String(i),
    code: exit ? 0 : 200,
    exit,
    ms: 1,
    body: '',
    version: 'v1',
  });
  return new Batch('cluster1', 'http://x', Array.from({ length: count }, call), [], '', 'curl', Date.now());
};

test('batches of 1 to 15 clusters and 30 versions go in parts, which together have every call', async () => {
  for (const k of [...Array.from({ length: 15 }, (_, i) => i + 1), 30]) {
    const sizes: number[] = [];
    const count = Math.max(10, callsToSeeAll(k));
    const send = (n: number): Promise<Batch> => Promise.resolve(part(n, sizes.push(n) && 0));
    const batch = await inParts(count, send, () => false);
    expect([k, batch.calls.length]).toEqual([k, count]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(largestPart);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

test('a part without an answer in time ends the batch; no part, or half a request, is a mistake of the caller', async () => {
  let sent = 0;
  const send = (n: number): Promise<Batch> => Promise.resolve(part(n, ++sent === 2 ? 28 : 0));
  const batch = await inParts(2000, send, ({ calls }) => calls.every(({ exit }) => exit === 28));
  expect([sent, batch.calls.length, batch.errors().length]).toEqual([2, 1000, 500]);
  for (const count of [0, -1, 1.5]) await expect(inParts(count, send, () => false)).rejects.toThrow(RangeError);
});
