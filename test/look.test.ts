import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Check, Outcome, Source } from '../src/check/check.js';
import { among, holds, outcomeOf } from '../src/check/check.js';
import { lookOnce, lookTwice, type Outcomes } from '../src/check/look.js';
import { sharedLook } from '../src/check/shared-look.js';
import { Undetermined } from '../src/kernel/undetermined.js';
import { soundMesh, viewOf } from './helpers/mesh-view.js';
import { checks } from '../src/check/checks.gen.js';

const problem = (cluster: string) => ({ cluster, facts: {}, says: `${cluster} is broken`, remedy: 'mend it' });

/** A check whose view is the number of the observation. */
function check(outcomes: Outcome[], reads: Source[] = ['pods']): Check<number> {
  return {
    id: 'F-DNS-DOWN',
    title: 'x',
    hop: 'dns',
    reads,
    look: async (observation) => outcomes[Math.min(observation, outcomes.length - 1)]!,
  };
}

async function twice(outcomes: Outcome[], reads?: Source[]): Promise<{ outcome?: Outcome; observations: number }> {
  let observations = 0;
  const found = await lookTwice([check(outcomes, reads)], () => observations++);
  return { outcome: found.get('F-DNS-DOWN'), observations };
}

const broken = (...clusters: string[]) => outcomeOf(clusters.map(problem));

test('what settles only some time after a change must be seen twice', async () => {
  expect(await twice([broken('a'), broken('a')])).toEqual({ outcome: broken('a'), observations: 2 });
  expect(await twice([broken('a'), holds])).toEqual({
    outcome: { is: 'not yet', until: 'it was broken a moment ago' },
    observations: 2,
  });
});

test('of several problems those that were seen twice are left', async () => {
  expect((await twice([broken('a', 'b'), broken('b', 'c')])).outcome).toEqual(broken('b'));
});

test('configuration needs no second look, and neither does what holds', async () => {
  expect(await twice([broken('a')], ['configuration'])).toEqual({ outcome: broken('a'), observations: 1 });
  expect(await twice([holds])).toEqual({ outcome: holds, observations: 1 });
});

test('a check that cannot ask says what is missing, and one that does not apply says nothing', async () => {
  const failing: Check<number> = { ...check([]), look: () => Promise.reject(new Undetermined('cluster1: no right')) };
  expect(await lookOnce([failing], 0)).toEqual(
    new Map([['F-DNS-DOWN', { is: 'cannot tell', missing: 'cluster1: no right' }]]),
  );
  expect(await lookOnce([{ ...failing, applies: () => false }], 0)).toEqual(new Map());
});

test('one cluster that cannot be asked hides no problem of another', async () => {
  const look = (cluster: string) =>
    cluster === 'away' ? Promise.reject(new Undetermined('away does not answer')) : Promise.resolve([problem(cluster)]);
  expect(await among(['away', 'a'], look)).toEqual(broken('a'));
  expect(await among(['away'], look)).toEqual({ is: 'cannot tell', missing: 'away does not answer' });
});

test('a check that reads what it does not declare is a mistake', async () => {
  const dns = checks.find(({ id }) => id === 'F-DNS-DOWN')!;
  await expect(lookOnce([{ ...dns, reads: ['services'] }], viewOf(soundMesh()))).rejects.toThrow(
    'a check reads endpointslices, but does not declare it',
  );
});

const outcomes = (): Outcomes => new Map([['F-DNS-DOWN', broken('a')]]);
const folder = (): string => mkdtempSync(path.join(tmpdir(), 'look-'));

test('processes that fail at one moment share one look; one that fails later looks again', async () => {
  const dir = folder();
  let looks = 0;
  const look = async (): Promise<Outcomes> => (looks++, outcomes());
  const since = Date.now() - 1;
  const all = await Promise.all([1, 2, 3].map(() => sharedLook(dir, 'mesh', since, look)));
  expect(all).toEqual([outcomes(), outcomes(), outcomes()]);
  expect(looks).toBe(1);
  await sharedLook(dir, 'mesh', Date.now() + 1000, look);
  expect(looks).toBe(2);
});

test('a look that fails frees its place, and the lock of a process that was killed is taken', async () => {
  const dir = folder();
  const failing = (): Promise<Outcomes> => Promise.reject(new Error('no look'));
  await expect(sharedLook(dir, 'mesh', 0, failing)).rejects.toThrow('no look');
  const lock = path.join(dir, '.look-mesh.json.lock');
  writeFileSync(lock, '1');
  utimesSync(lock, new Date(0), new Date(0));
  expect(await sharedLook(dir, 'mesh', 0, async () => outcomes())).toEqual(outcomes());
});
