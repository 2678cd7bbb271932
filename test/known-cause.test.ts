import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { outcomeOf, type Check } from '../src/check/check.js';
import { nothingDeclared, type Declared } from '../src/check/declared.js';
import { confirmCause, firstLook, forgetCause, knownCause, lookSince } from '../src/check/known-cause.js';
import type { Outcomes } from '../src/check/look.js';
import type { MeshState } from '../src/mesh/mesh-state.js';
import type { FindingId } from '../src/record/finding-ids.gen.js';
import type { Finding } from '../src/record/finding.js';
import { sampleFinding } from './helpers/record.js';

/** What the second look finds, and how often one was made. */
let second: Finding[];
let looks: number;

const seen = (): Outcomes => {
  looks++;
  return new Map(second.map(({ check, ...problem }) => [check as FindingId, outcomeOf([problem])]));
};

vi.mock('../src/check/look.js', async (original) => ({
  ...(await original<object>()),
  lookOnce: (): Promise<Outcomes> => Promise.resolve(seen()),
  // of a look at the whole mesh; `explain` makes another of what a behaviour has declared
  lookTwice: (checks: readonly Pick<Check<unknown>, 'reads'>[]): Promise<Outcomes> =>
    Promise.resolve(checks.some(({ reads }) => reads.includes('declared')) ? new Map() : seen()),
  secondLook: (_first: unknown, again: () => unknown) => Promise.resolve(again()),
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-cause-'));
  vi.useFakeTimers({ toFake: ['Date'] });
  second = [sampleFinding()];
  looks = 0;
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const state = { plan: { topology: 'two', features: {} }, clusters: [] } as unknown as MeshState;
const confirm = (causes: Finding[], own: string[] = [], declared: Declared = nothingDeclared) =>
  confirmCause(state, causes, { own, declared }, folder);
const known = (question = {}) => knownCause(folder, 'two', question)?.finding.check;

test('a certain cause that is seen again counts for what it explains, for a minute', async () => {
  await confirm([sampleFinding()]);
  expect([known(), known({ area: 'mutual-tls' }), known({ explains: ['F-DNS-DOWN'] })]).toEqual([
    'F-REMOTE-SECRET-MISSING',
    'F-REMOTE-SECRET-MISSING',
    undefined,
  ]);
  vi.advanceTimersByTime(59_000);
  expect(known()).toBe('F-REMOTE-SECRET-MISSING');
  vi.advanceTimersByTime(2_000);
  expect(known()).toBeUndefined();
});

test.each([
  ['is only likely', [sampleFinding({ confidence: 'likely' })], [sampleFinding()]],
  ['is gone', [sampleFinding()], []],
  ['is in another cluster now', [sampleFinding()], [sampleFinding({ cluster: 'cluster2' })]],
])('a cause that %s does not count', async (_, first, again) => {
  second = again;
  await confirm(first);
  expect(known()).toBeUndefined();
});

test('a cause that is known is renewed by the look that saw it, without another one', async () => {
  await confirm([sampleFinding()]);
  vi.advanceTimersByTime(50_000);
  await confirm([sampleFinding()]);
  expect(looks).toBe(1);
  vi.advanceTimersByTime(50_000);
  expect(known()).toBe('F-REMOTE-SECRET-MISSING');
  // too late: it must be seen twice again
  vi.advanceTimersByTime(20_000);
  await confirm([sampleFinding()]);
  expect(looks).toBe(2);
});

const policy = sampleFinding({ check: 'F-PEER-DISABLED', object: 'peerauthentication/sample/plain' });
const object = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'plain', namespace: 'sample' },
};

test.each([
  ["an object that is nobody's own", [], nothingDeclared, 'F-PEER-DISABLED'],
  ["one in the behaviour's own namespace", ['sample'], nothingDeclared, undefined],
  ['one that it has declared', [], { ...nothingDeclared, objects: [{ cluster: 'cluster1', object }] }, undefined],
])('a mistake in configuration is a cause for others in %s', async (_, own, declared, found) => {
  second = [policy];
  await confirm([policy], own, declared);
  expect(known()).toBe(found);
});

test('what was seen a moment before explains the next failure; later its own check must see it again', async () => {
  const now = Date.now();
  const since = () => lookSince(state, {}, folder);
  expect(await since()).toEqual({ since: now, confirm: true });
  await confirm([sampleFinding()]);
  looks = 0;
  expect(await since()).toEqual({ since: now - 70_000, confirm: false });
  expect(looks).toBe(0);
  vi.advanceTimersByTime(50_000);
  expect(await since()).toEqual({ since: now - 20_000, confirm: false });
  expect(looks).toBe(1);
  // renewed by that
  vi.advanceTimersByTime(50_000);
  second = [];
  expect(await since()).toEqual({ since: now + 100_000, confirm: true });
});

test('a look before the first behaviour counts as soon as the cause was seen again, for what it explains', async () => {
  expect((await firstLook(state, folder))?.check).toBe('F-REMOTE-SECRET-MISSING');
  expect(looks).toBe(2);
  expect(known()).toBe('F-REMOTE-SECRET-MISSING');
});

test('a mesh without a cause, or that cannot be looked at, is as unknown as before', async () => {
  second = [];
  expect([await firstLook(state, folder), known(), looks]).toEqual([undefined, undefined, 1]);
  second = undefined as unknown as Finding[];
  expect([await firstLook(state, folder), known()]).toEqual([undefined, undefined]);
});

test('a cause is forgotten with the mesh, and a damaged file is none', async () => {
  await confirm([sampleFinding()]);
  forgetCause(folder, 'two');
  expect(known()).toBeUndefined();
  writeFileSync(path.join(folder, '.cause-two.json'), '{');
  expect(known()).toBeUndefined();
});
