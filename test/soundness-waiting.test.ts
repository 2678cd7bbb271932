import { expect, test } from 'vitest';
import { converge } from '../src/kernel/converge.js';
import { callsToSeeAll } from '../src/probe/statistics.js';
import { random } from './helpers/random.js';
import { binomial, doc, inWords } from './helpers/rates.js';

/** Probability that `calls` independent calls, of which this share is answered wrongly, are all right. */
const allRight = (calls: number, wrong: number): number => (1 - wrong) ** calls;

test.each([3, 5, 10, 20, 30, 50, 51, 127])(
  'every one of %i calls right: what share of wrong ones is missed',
  (calls) => {
    const shares = [0.01, 0.05, 0.1, 0.25, 0.5];
    expect(doc).toContain(`| ${calls} | ${shares.map((wrong) => inWords(allRight(calls, wrong))).join(' | ')} |`);
  },
);

/** Probability of so many passes in a row within so many attempts. */
function passesInTime(pass: number, successes: number, attempts: number): number {
  // chances of a row of each length
  let rows = [1, ...Array<number>(successes).fill(0)];
  for (let i = 0; i < attempts; i++) {
    const done = rows[successes]!;
    const open = rows.slice(0, successes);
    const broken = open.reduce((sum, chance) => sum + chance, 0) * (1 - pass);
    rows = [broken, ...open.map((chance) => chance * pass)];
    rows[successes]! += done;
  }
  return rows[successes]!;
}

test('asking until it is right finds right answers by chance as often as computed; in a row, hardly ever', async () => {
  const [calls, attempts, runs] = [10, 16, 500];
  for (const [wrong, successes] of [
    [0.3, 1],
    [0.1, 3],
  ] as const) {
    const next = random(successes);
    const pass = allRight(calls, wrong);
    const passed = async () => {
      let asked = 0;
      const probe = async () => {
        if (++asked > attempts) throw new Error('time is up');
        return Array.from({ length: calls }, () => next() >= wrong).every((right) => right);
      };
      const check = (right: boolean) =>
        right ? ({ ok: true } as const) : { ok: false as const, expected: '', got: '' };
      return converge(probe, check, { timeout: 60_000, interval: 0, successes }).then(
        () => 1,
        () => 0,
      );
    };
    const sum = (await Promise.all(Array.from({ length: runs }, passed))).reduce<number>((all, one) => all + one, 0);
    const expected = passesInTime(pass, successes, attempts);
    expect(Math.abs(sum / runs - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / runs) + 1 / runs);
  }
});

test.each([
  [10, 1, 16],
  [20, 1, 16],
  [51, 1, 16],
  [127, 1, 16],
  // a right answer makes the pauses short again: 0.25 s each, for 120 s
  [20, 3, 480],
])(
  'waited for, batches of %i calls, %i right ones in a row, pass by chance as stated',
  (calls, successes, attempts) => {
    const passes = [0.1, 0.25, 0.5].map((wrong) => passesInTime(allRight(calls, wrong), successes, attempts));
    expect(doc).toContain(`| ${calls}, ${successes}, ${attempts} | ${passes.map(inWords).join(' | ')} |`);
  },
);

test.each([
  [2, '6.8e-6'],
  [3, '5.1e-6'],
])('a denial, asked 16 times, passes where one of %i servers does not deny: %s', (endpoints, stated) => {
  const pass = allRight(callsToSeeAll(endpoints), 1 / endpoints ** 2);
  expect(passesInTime(pass, 1, 16).toExponential(1)).toBe(stated);
  expect(doc).toContain(stated);
});

test('a budget of 5 lost calls of 150 is kept by a fault of one call in ten as rarely as stated', () => {
  const kept = binomial(150, 0.1).slice(0, 6);
  expect(doc).toContain(`of 10 % with ${inWords(kept.reduce((sum, chance) => sum + chance, 0))}`);
});
