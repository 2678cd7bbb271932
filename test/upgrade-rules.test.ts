import { expect, describe, test } from 'vitest';
import { makePlan } from '../src/plan/make-plan.js';
import { defineUpgrade } from '../src/scenario/upgrade/define-upgrade.js';
import { findingsIn } from '../src/scenario/upgrade/precheck.js';
import { actDone, actsToDo, actsToUndo, actUndone, begun } from '../src/scenario/upgrade/remaining-acts.js';
import { upgradeNotes } from '../src/scenario/upgrade/upgrade-notes.js';
import { revisionOf, unsupported, type Strategy } from '../src/scenario/upgrade/upgrade.js';
import type { Act } from '../src/scenario/scenario.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';
import type { Topology } from '../src/topology/topology-types.js';

const lab = readEnvironment('lab');
const inVersion = (topology: Topology, istio: string) =>
  makePlan(topology, { ...lab, request: { istio } }, { runId: 'abcde12345' });
const define = (
  topology: Topology,
  asked: { strategy?: Strategy; order?: string[]; from?: string; to?: string } = {},
) => {
  const { strategy = 'canary', order, from = '1.30.4', to = '1.31.0' } = asked;
  return defineUpgrade(inVersion(topology, from), inVersion(topology, to), { strategy, order });
};

describe('what is supported', () => {
  test.each([
    ['1.30.4', '1.31.0', 'canary', undefined],
    ['1.30.4', '1.31.0', 'in-place', undefined],
    ['1.31.0', '1.31.1', 'in-place', undefined],
    ['1.31.0', '1.30.4', 'in-place', undefined],
    ['1.29.2', '1.31.0', 'canary', undefined],
    ['1.31.0', '1.29.2', 'canary', undefined],
    ['1.29.2', '1.31.0', 'in-place', /1\.29 to 1\.31 is more than one minor version, .* in-place may cross/],
    ['1.28.0', '1.31.0', 'canary', /more than 2 minor versions/],
    ['1.31.0', '1.31.0', 'canary', /Istio 1\.31\.0 is the current version/],
    ['1.31.0', '2.0.0', 'canary', /the distance between Istio/],
  ] as const)('from %s to %s, %s', (from, to, strategy, problem) => {
    const said = unsupported(from, to, strategy);
    if (problem === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(problem);
  });

  test('is refused before anything is made, with what is', () => {
    expect(() => define(readTopology('single'), { from: '1.29.2', strategy: 'in-place' })).toThrow(
      expect.objectContaining({
        code: 2,
        expected: expect.stringContaining('in-place: the same or the next minor') as string,
      }),
    );
  });
});

test.each([
  ['1.31.0', '1-31-0'],
  ['1.32-alpha.ABCDEF0123456789abcdef0123456789', '1-32-alpha-abcdef0123456789abc'],
])('the revision of %s is %s', (version, revision) => expect(revisionOf(version)).toBe(revision));

describe('the clusters of an upgrade', () => {
  const names = (topology: Topology, order?: string[]) =>
    define(topology, { order }).clusters.map(({ cluster }) => cluster);
  const mixed = readTopology('mixed');

  test('are those of the topology, each remote behind its primary', () => {
    expect(names(mixed)).toEqual(['cluster1', 'cluster2', 'cluster3']);
    expect(names(mixed, ['cluster3'])).toEqual(['cluster3', 'cluster1', 'cluster2']);
    expect(names(mixed, ['cluster3', 'cluster1'])).toEqual(['cluster3', 'cluster1', 'cluster2']);
    expect(names(mixed, ['cluster2'])).toEqual(['cluster1', 'cluster2', 'cluster3']);
  });

  test.each([
    [['cluster2', 'cluster1'], /cluster2 is a remote of cluster1/],
    [['nobody'], /nobody is not a cluster/],
    [['cluster1', 'cluster1'], /cluster1 is not a cluster, or is named twice/],
  ])('are refused in the order %j', (order, message) => expect(() => names(mixed, order)).toThrow(message));

  test('that have the new version already are left alone, and others are refused', () => {
    const two = (first: string, second: string) =>
      parseTopology(
        `description: x\nclusters:\n  - { name: a, network: n${first} }\n  - { name: b, network: m${second} }\n`,
        'a.yaml',
      );
    expect(names(two(', istio: { version: 1.31.0 }', ''))).toEqual(['b']);
    const fixed = two(', istio: { version: 1.31.0 }', ', istio: { version: 1.31.0 }');
    expect(() => names(fixed)).toThrow(/every cluster of a has Istio 1\.31\.0 already/);
  });

  test('have no revision or tag of the name that is to come', () => {
    const taken = parseTopology(`description: x\nistio: { tags: [1-31-0] }\nclusters: [{ name: a }]\n`, 'a.yaml');
    expect(() => define(taken)).toThrow(/a has a revision or tag 1-31-0 already/);
  });
});

describe('acts', () => {
  const act = (id: string, undo = true): Act => ({
    id,
    title: id,
    do: async () => {},
    ...(undo && { undo: async () => {} }),
  });
  const acts = ['a', 'b', 'c', 'd'].map((id) => act(id));
  const idsOf = (list: readonly Act[]) => list.map(({ id }) => id).join('');

  test('to do are those that are not done, up to one', () => {
    expect(idsOf(actsToDo(acts, { done: [] }))).toBe('abcd');
    expect(idsOf(actsToDo(acts, { done: ['a'], underWay: 'b' }))).toBe('bcd');
    expect(idsOf(actsToDo(acts, { done: ['a'] }, 'c'))).toBe('bc');
    expect(() => actsToDo(acts, { done: ['a'] }, 'a')).toThrow(/a is already done/);
    expect(() => actsToDo(acts, { done: [] }, 'x')).toThrow(/there is no act x/);
  });

  test('to take back are those that are done or have begun, the last first', () => {
    expect(idsOf(actsToUndo(acts, { done: ['a', 'b'] }))).toBe('ba');
    expect(idsOf(actsToUndo(acts, { done: ['a', 'b'], underWay: 'c' }))).toBe('cba');
    expect(idsOf(actsToUndo(acts, { done: ['a', 'b', 'c'] }, 'b'))).toBe('cb');
    expect(() => actsToUndo(acts, { done: ['a'] }, 'b')).toThrow(/b has not begun/);
    expect(() => actsToUndo([act('a', false)], { done: ['a'] })).toThrow(/a cannot be rolled back/);
  });

  test('say how far they have come', () => {
    const one = begun({ done: ['a'] }, 'b');
    expect(one).toEqual({ done: ['a'], underWay: 'b' });
    expect(actDone(one, 'b')).toEqual({ done: ['a', 'b'] });
    expect(actDone({ done: ['a', 'b'] }, 'b')).toEqual({ done: ['a', 'b'] });
    expect(actUndone({ done: ['a', 'b'], underWay: 'b' }, 'b')).toEqual({ done: ['a'] });
  });
});

test('the plan tells of a skew between primaries, and of proxies that are ahead of their istiod', () => {
  const notes = (name: string, strategy: Strategy, from: string, to: string) =>
    upgradeNotes(define(readTopology(name), { strategy, from, to })).join('\n');
  expect(notes('multi-network-multi-primary', 'canary', '1.30.4', '1.31.0')).toMatch(
    /primaries are 1 minor version apart/,
  );
  expect(notes('single', 'canary', '1.30.4', '1.31.0')).toBe('');
  expect(notes('single', 'in-place', '1.31.0', '1.30.4')).toMatch(/Proxies of 1\.31 follow an istiod of 1\.30/);
});

test('what istioctl x precheck finds is read line by line', () => {
  const text = `Warning [IST0136] (Service a.default) x\nError: issues found\nInfo [IST0102] (Namespace b) y\n`;
  expect(findingsIn(text)).toEqual(['Warning [IST0136] (Service a.default) x', 'Info [IST0102] (Namespace b) y']);
});
