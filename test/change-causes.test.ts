import { describe, expect, test } from 'vitest';
import { controlGaps, unsureBecause } from '../src/scenario/control-gaps.js';
import { judgePath } from '../src/scenario/judge-path.js';
import { anyCluster } from '../src/scenario/load/answer.js';
import { causesOf, isOnPath, type PlacedEvent } from '../src/scenario/placed-event.js';
import { type Sample, type SampleSeries } from '../src/scenario/sample-store.js';
import { judging, lost, path, sample, series } from './helpers/load-calls.js';

describe('the cause of a gap', () => {
  const shape = {
    networkOf: { east: 'n1', west: 'n2', near: 'n1' },
    primaryOf: { east: 'east', west: 'west', near: 'near' },
  };
  const event = (at: number, more: Partial<PlacedEvent> = {}): PlacedEvent => ({
    at,
    cluster: 'west',
    kind: 'pod-deleted',
    says: 'gone',
    place: 'gateway',
    ...more,
  });

  test('is an event of its onset on its path, the nearest first, and none is invented', () => {
    const onset = { from: 1_000, to: 1_200, firstEnd: 1_210 };
    const any = (): boolean => true;
    expect(causesOf([event(500), event(1_700)], onset, any)).toEqual([]);
    expect(causesOf([event(900), event(1_190)], onset, any).map(({ distanceMs }) => distanceMs)).toEqual([10, 300]);
    expect(causesOf([event(1_190)], onset, () => false)).toEqual([]);
  });

  test('is a pod that was terminating, however long ago that began: a proxy drains before it ends its connections', () => {
    const onset = { from: 6_000, to: 6_200, firstEnd: 6_400 };
    const began = event(1_000, {
      kind: 'pod-terminating',
      object: 'i/gateway-1',
      says: 'pod gateway-1 began to terminate',
    });
    const gone = event(8_000, { kind: 'pod-deleted', object: 'i/gateway-1', says: 'pod gateway-1 is gone' });
    const other = event(7_000, { kind: 'pod-deleted', object: 'i/gateway-2' });
    expect(causesOf([began, other, gone], onset, () => true)).toMatchObject([
      { says: 'pod gateway-1 was terminating', distanceMs: 1_800 },
    ]);
    expect(causesOf([began, other], onset, () => true)).toEqual([]);
    expect(causesOf([began, { ...gone, at: 5_000 }], onset, () => true)).toEqual([]);
  });

  test('lies on a path by where it is: a gateway only where calls enter another network by it', () => {
    const on = (more: Partial<PlacedEvent>, from = 'east', to = 'west') =>
      isOnPath(event(0, more), { from, to }, `${from}/a`, shape);
    expect(on({ cluster: 'west' })).toBe(true);
    expect(on({ cluster: 'east' })).toBe(false);
    expect(on({ cluster: 'near' }, 'east', 'near')).toBe(false);
    expect(on({ place: 'server', cluster: 'east' })).toBe(false);
    expect(on({ place: 'client', client: 'east/a' })).toBe(true);
    expect(on({ place: 'client', client: 'east/b' })).toBe(false);
    expect(on({ place: 'istiod', cluster: 'near' })).toBe(false);
    expect(on({ place: 'change', cluster: undefined })).toBe(true);
  });

  test('of any cluster is on the path to a service that all of them serve', () => {
    const on = (more: Partial<PlacedEvent>): boolean =>
      isOnPath(event(0, more), { from: 'east', to: anyCluster }, 'east/a', shape);
    expect(on({ cluster: 'west' })).toBe(true);
    expect(on({ place: 'server', cluster: 'west' })).toBe(true);
    expect(on({ place: 'server', cluster: 'east' })).toBe(true);
    // calls that stay in their network cross no gateway
    expect(on({ cluster: 'east' })).toBe(false);
    expect(on({ place: 'client', client: 'east/b' })).toBe(false);
  });

  test('is named in the record of a gap', () => {
    const events = [event(6_050, { says: 'pod gateway-1 is gone' })];
    const { gaps } = judgePath(path, [series(lost(6_000, 6_400, 'timeout'))], judging({ events }));
    expect(gaps[0]).toMatchObject({
      phase: 'act',
      act: 'restart',
      kinds: { timeout: 3 },
      causes: [{ says: 'pod gateway-1 is gone', distanceMs: 49 }],
    });
  });
});

describe('a moment in which the load was late', () => {
  const control = (at: Record<number, Sample>): SampleSeries => ({ ...series(at), index: 1 });
  const configOf = ({ index }: SampleSeries) =>
    index === 1 ? ({ lane: 'control', cluster: 'self' } as const) : ({ lane: 'new', cluster: 'west' } as const);

  test('is a call to itself that was slow, left out, or lost', () => {
    const of = (one: Sample) => controlGaps([control({ 6_000: one })], configOf);
    expect(of(sample(6_000))).toEqual([]);
    expect(of(sample(6_000, 'ok', { ms: 251 }))).toMatchObject([{ who: 'east/a', from: 5_800, to: 6_252 }]);
    expect(of(sample(6_000, 'none'))).toMatchObject([{ says: 'a call started 150 ms late and was left out' }]);
    expect(of(sample(6_000, 'timeout'))).toHaveLength(1);
  });

  test('is what servers say of themselves', () => {
    const told = controlGaps([series({ 6_000: sample(6_000, 'ok', { late: 900 }) })], configOf);
    expect(told).toMatchObject([{ cluster: 'west', who: 'servers of west', from: 3_106, to: 6_006 }]);
  });

  test('explains a loss only where it covers half of it', () => {
    const gaps = [{ cluster: 'east', who: 'east/a', from: 1_000, to: 1_200, says: 'late' }];
    expect(unsureBecause({ from: 1_500, to: 2_000 }, path, gaps)).toBe('east/a: late');
    expect(unsureBecause({ from: 1_500, to: 9_000 }, path, gaps)).toBeUndefined();
    expect(unsureBecause({ from: 2_300, to: 2_500 }, path, gaps)).toBeUndefined();
    // whichever cluster answers, its servers may have been late
    expect(unsureBecause({ from: 1_500, to: 2_000 }, { from: 'west', to: anyCluster }, gaps)).toBe('east/a: late');
  });
});
