import { describe, expect, test } from 'vitest';
import { type Phase } from '../src/record/change-record.js';
import { budgetOf, budgetsSchema, effectiveBudget } from '../src/scenario/budgets.js';
import { flagOf, gapsOf } from '../src/scenario/gaps.js';
import { judgePath } from '../src/scenario/judge-path.js';
import { type PlacedEvent } from '../src/scenario/placed-event.js';
import { SampleStore, type Sample } from '../src/scenario/sample-store.js';
import { interval, judging, lost, path, sample, series } from './helpers/load-calls.js';

describe('a gap', () => {
  test('lasts from the last call that was answered to the first that is again', () => {
    const [gap, ...others] = gapsOf(series(lost(6_000, 6_400)), 0, 20_000);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ lengthMs: 800, leastMs: 400, open: false });
    expect(gap).toMatchObject({ onset: { from: 5_801, to: 6_001 }, end: { from: 6_401, to: 6_601 } });
  });

  test('is as wide as what was not measured beside it, and open where nothing is answered any more', () => {
    const beside = { ...lost(6_000, 6_000), 6_200: sample(6_200, 'none') };
    expect(gapsOf(series(beside), 0, 20_000)).toMatchObject([{ lengthMs: 600, leastMs: 0 }]);
    expect(gapsOf(series(lost(19_000, 19_800)), 0, 20_000)).toMatchObject([{ open: true, lengthMs: 1_200 }]);
  });

  test('is an answer that took too long as well', () => {
    expect(gapsOf(series({ 6_000: sample(6_000, 'ok', { ms: 1_001 }) }), 0, 20_000)).toHaveLength(1);
    expect(gapsOf(series({ 6_000: sample(6_000, 'ok', { ms: 999 }) }), 0, 20_000)).toHaveLength(0);
  });

  test('names the response flag that the words of an answer stand for', () => {
    expect(flagOf('503 no healthy upstream')).toBe('UH');
    expect(
      flagOf('503 upstream connect error or disconnect/reset before headers. reset reason: remote connection failure'),
    ).toBe('UF');
    expect(
      flagOf('503 upstream connect error or disconnect/reset before headers. reset reason: connection termination'),
    ).toBe('UC');
    expect(flagOf('404')).toBe('NR or NC');
    expect(flagOf('ECONNREFUSED connect')).toBeUndefined();
  });
});

describe('a path is', () => {
  test('within budget without a loss, and with one lost call: that is no longer than twice the interval', () => {
    expect(judgePath(path, [series()], judging())).toMatchObject({ verdict: 'within-budget', gapMs: 0, samples: 100 });
    const one = judgePath(path, [series(lost(6_000, 6_000))], judging());
    expect(one).toMatchObject({ verdict: 'within-budget', gapMs: 400, budgetMs: 0, effectiveBudgetMs: 400 });
  });

  test('not missing what clients do not call while a scenario has stopped them', () => {
    const missing = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [6_000 + i * interval, sample(6_000 + i * interval, 'none')]),
    );
    expect(judgePath(path, [series(missing)], judging())).toMatchObject({ verdict: 'undetermined', expected: 100 });
    const away = [{ cluster: 'east', from: 5_900, to: 10_000 }];
    expect(judgePath(path, [series(missing)], judging({ away }))).toMatchObject({
      verdict: 'within-budget',
      expected: 79,
      notMeasured: 0,
    });
    const other = [{ ...away[0]!, cluster: 'west' }];
    expect(judgePath(path, [series(missing)], judging({ away: other }))).toMatchObject({ verdict: 'undetermined' });
  });

  test('disrupted by two lost calls in a row, unless its budget allows them', () => {
    const two = [series(lost(6_000, 6_200))];
    expect(judgePath(path, two, judging())).toMatchObject({
      verdict: 'disrupted',
      gapMs: 600,
      why: '0.6 s of gap, 0.4 s allowed',
    });
    const budgets = [{ gap: 600, resets: 0, reason: 'a reason that is long enough' }];
    expect(judgePath(path, two, judging({ budgets }))).toMatchObject({ verdict: 'within-budget' });
  });

  test('as long without calls as both clients saw together, not as the sum of what each saw', () => {
    const other = series(lost(6_000, 6_400, 'refused', 100), { client: 'east/b', offset: 100 });
    const { gapMs, gaps } = judgePath(path, [series(lost(6_000, 6_400)), other], judging());
    expect(gaps).toHaveLength(2);
    expect(gapMs).toBe(900);
  });

  test('broken where calls are still lost after the change', () => {
    expect(judgePath(path, [series(lost(16_000, 16_400))], judging())).toMatchObject({ verdict: 'broken' });
    expect(judgePath(path, [series(lost(12_000, 19_800))], judging())).toMatchObject({ verdict: 'broken' });
  });

  test('undetermined where the baseline was lossy, nothing ran, or too much was not measured', () => {
    expect(judgePath(path, [series(lost(1_000, 1_000))], judging())).toMatchObject({
      verdict: 'undetermined',
      why: '1 calls were lost in the baseline, without a change',
    });
    expect(judgePath(path, [], judging())).toMatchObject({ verdict: 'undetermined', why: 'this lane never ran' });
    const missing = Object.fromEntries([6_000, 7_000, 8_000].map((tick) => [tick, sample(tick, 'none')]));
    expect(judgePath(path, [series(missing)], judging())).toMatchObject({
      verdict: 'undetermined',
      notMeasured: 3,
      why: '3.0 % of the ticks were not measured',
    });
    // the other client was there at the time
    const other = series({}, { client: 'east/b', offset: 100 });
    expect(judgePath(path, [series(missing), other], judging())).toMatchObject({
      verdict: 'within-budget',
      notMeasured: 0,
    });
  });

  test('within budget where calls that were not measured could all be lost within it; those of the baseline count', () => {
    const missing = (ticks: number[]) => series(Object.fromEntries(ticks.map((tick) => [tick, sample(tick, 'none')])));
    const budgets = [{ gap: 600, resets: 0, reason: 'as much as three calls' }];
    const inAct = [missing([6_000, 7_000, 8_000])];
    expect(judgePath(path, inAct, judging({ budgets }))).toMatchObject({ verdict: 'within-budget', notMeasured: 3 });
    const more = [missing([6_000, 7_000, 8_000, 9_000])];
    expect(judgePath(path, more, judging({ budgets }))).toMatchObject({ verdict: 'undetermined', notMeasured: 4 });
    const before = [missing([1_000, 1_200, 1_400])];
    expect(judgePath(path, before, judging({ budgets }))).toMatchObject({ verdict: 'undetermined', notMeasured: 3 });
  });

  test('undetermined where all that was lost lies beside moments in which the load was late; a longer loss is one', () => {
    const control = [{ cluster: 'east', who: 'east/a', from: 6_000, to: 6_300, says: 'a call to itself took 300 ms' }];
    const beside = judgePath(path, [series(lost(6_000, 6_400))], judging({ control }));
    expect(beside).toMatchObject({ verdict: 'undetermined', gapMs: 0 });
    expect(beside.gaps[0]!.unsure).toBe('east/a: a call to itself took 300 ms');
    expect(judgePath(path, [series(lost(6_000, 14_000))], judging({ control }))).toMatchObject({
      verdict: 'disrupted',
    });
    // of a cluster that is not on the path
    const elsewhere = control.map((gap) => ({ ...gap, cluster: 'north' }));
    expect(judgePath(path, [series(lost(6_000, 6_400))], judging({ control: elsewhere }))).toMatchObject({
      verdict: 'disrupted',
    });
  });

  test('disrupted by an established connection that ended, unless its callee began to terminate', () => {
    const ended = [series({ 6_000: sample(6_000, 'ok', { ended: 1 }) })];
    const stream = { ...path, lane: 'tcp-stream' as const };
    expect(judgePath(stream, ended, judging())).toMatchObject({ verdict: 'disrupted', resets: 1, endedByCallee: 0 });
    const events: PlacedEvent[] = [
      {
        at: 3_000,
        cluster: 'west',
        kind: 'pod-terminating',
        object: 'load-1/server-1',
        says: 'pod server-1 began to terminate',
        place: 'server',
      },
    ];
    expect(judgePath(stream, ended, judging({ events }))).toMatchObject({
      verdict: 'within-budget',
      resets: 0,
      endedByCallee: 1,
    });
  });
});

describe('budgets', () => {
  const entry = { gap: '2s', reason: 'measured in forty runs of our own' };

  test('are durations with a reason, and the first that fits a path counts', () => {
    const { budgets } = budgetsSchema.parse({
      budgets: [
        { ...entry, lanes: ['tcp-stream'], resets: 1 },
        { ...entry, gap: '400ms', to: 'west' },
      ],
    });
    expect(budgetOf(budgets, { ...path, lane: 'tcp-stream' })).toMatchObject({ gap: 2_000, resets: 1 });
    expect(budgetOf(budgets, path)).toMatchObject({ gap: 400, resets: 0 });
    expect(budgetOf(budgets, { ...path, to: 'east' })).toMatchObject({ gap: 0 });
  });

  test('of an act are about what is lost from its beginning to that of the next', () => {
    const two: Phase[] = [
      { name: 'baseline', start: 0, end: 5_000 },
      { name: 'act', act: 'stopped', start: 5_000, end: 10_000 },
      { name: 'act', act: 'back', start: 10_000, end: 15_000 },
      { name: 'after', start: 15_000, end: 20_000 },
    ];
    const budgets = [
      { acts: ['stopped'], gap: 3_000, resets: 0, reason: 'the callee is stopped in this act' },
      { gap: 0, resets: 0, reason: 'nothing may be lost in any other act' },
    ];
    const judge = (at: Record<number, Sample>) => judgePath(path, [series(at)], judging({ phases: two, budgets }));
    expect(judge(lost(6_000, 8_000))).toMatchObject({
      verdict: 'within-budget',
      budgetMs: 3_000,
      budgetReason: 'nothing may be lost in any other act; the callee is stopped in this act',
    });
    expect(judge(lost(6_000, 9_000))).toMatchObject({
      verdict: 'disrupted',
      why: '3.4 s of gap in stopped, 3.0 s allowed',
    });
    // what is left of one act is not the other's
    expect(judge({ ...lost(6_000, 6_400), ...lost(11_000, 11_400) })).toMatchObject({
      verdict: 'disrupted',
      why: '0.8 s of gap in back, 0.4 s allowed',
    });
  });

  test('without a reason, or without a unit, are refused', () => {
    expect(budgetsSchema.safeParse({ budgets: [{ gap: '2s' }] }).success).toBe(false);
    expect(budgetsSchema.safeParse({ budgets: [{ ...entry, gap: '2' }] }).success).toBe(false);
  });

  test('are never less than twice the interval', () => {
    expect(effectiveBudget({ gap: 0 }, 200)).toBe(400);
    expect(effectiveBudget({ gap: 900 }, 200)).toBe(900);
  });
});

test("lines of clients become series by this machine's clock, in the order of their ticks", () => {
  const store = new SampleStore();
  store.addPod('pod-1', { client: 'east/a', cluster: 'east', shift: -50 });
  store.add('pod-1', [
    { begin: 1_000, intervalMs: 200, offsets: [0, 100] },
    {
      names: ['west/s1'],
      samples: [
        [0, 1, 2, 7, 0],
        [0, 0, 3, 900, -1, { kind: 'reset' }],
        [1, 0, 120, -1, -1],
      ],
    },
    { at: 2_000, event: 'listener-changed', says: 'added 1' },
  ]);
  // the same client in another pod
  store.addPod('pod-2', { client: 'east/a', cluster: 'east', shift: 0 });
  store.add('pod-2', [
    { begin: 5_000, intervalMs: 200, offsets: [0, 100] },
    { names: ['west/s2'], samples: [[0, 0, 0, 4, 0]] },
  ]);
  const [first, second] = store.series;
  expect(first!.samples).toMatchObject([
    { tick: 950, start: 953, ms: 900, answer: { kind: 'reset' } },
    { tick: 1_150, ms: 7, answer: { kind: 'ok', by: 'west/s1' } },
    { tick: 5_000, answer: { by: 'west/s2' } },
  ]);
  expect(second!.samples).toEqual([{ tick: 1_050, start: 1_170, ms: -1, answer: undefined }]);
  expect(store.events).toMatchObject([{ at: 1_950, client: 'east/a', event: 'listener-changed' }]);
});
