import type { ChangeRecord, PathRecord } from '../../src/record/change-record.js';

export function samplePath(more: Partial<PathRecord> = {}): PathRecord {
  return {
    id: 'a > b, new',
    from: 'a',
    to: 'b',
    lane: 'new',
    samples: 300,
    expected: 150,
    notMeasured: 0,
    intervalMs: 200,
    seenFromMs: 200,
    stallSeenFromMs: 1_200,
    gapMs: 800,
    longestGapMs: 800,
    resets: 0,
    endedByCallee: 0,
    retried: 0,
    meshRetries: 0,
    budgetMs: 0,
    effectiveBudgetMs: 400,
    budgetReason: 'no file of budgets was given',
    allowedResets: 0,
    verdict: 'disrupted',
    why: '0.8 s of gap, 0.4 s allowed',
    gaps: [
      {
        client: 'a/a',
        onset: { from: 7_801, to: 8_001 },
        end: { from: 8_401, to: 8_601 },
        lengthMs: 800,
        leastMs: 400,
        lost: 3,
        kinds: { refused: 2, timeout: 1 },
        flags: ['UF'],
        says: '503 upstream connect error',
        phase: 'act',
        act: 'command',
        causes: [
          {
            at: 8_050,
            cluster: 'b',
            kind: 'pod-deleted',
            object: 'istio-system/gateway-1',
            says: 'pod gateway-1 is gone',
            distanceMs: 49,
          },
        ],
      },
    ],
    answeredBy: { 'b/server-1': 297 },
    latency: { baseline: { p50: 4, p99: 9, max: 12 }, change: { p50: 5, p99: 20, max: 31 } },
    bins: [
      [2_000, 4, 9],
      [8_000, 5, 31],
    ],
    ...more,
  };
}

export function sampleChange(more: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: 'guard',
    title: 'running your command: true',
    startedAt: '2026-11-21T09:00:00.000Z',
    durationMs: 30_000,
    verdict: 'within-budget',
    reasons: [],
    unknown: [],
    phases: [
      { name: 'settle', start: 0, end: 2_000 },
      { name: 'baseline', start: 2_000, end: 7_000 },
      { name: 'act', act: 'command', start: 7_000, end: 9_000 },
      { name: 'recovery', start: 9_000, end: 20_000 },
      { name: 'after', start: 20_000, end: 25_000 },
    ],
    acts: [{ id: 'command', title: 'true', outcome: 'done', start: 7_000, end: 9_000, marks: [] }],
    load: {
      perSecond: 5,
      calibrated: [],
      lateAfterMs: 100,
      stalledAfterMs: 1_000,
      timeoutMs: 5_000,
      clients: [{ name: 'a/a', cluster: 'a', pods: ['client-a-1'], nodes: ['n'], clockOffsetMs: 0, clockUnsureMs: 4 }],
      lanesNotRun: [{ lane: 'ingress', why: 'a: injection makes no gateway of a pod' }],
      retriesOff: 'proven: a call that only its second attempt answers gets 200 with retries and 503 without',
    },
    paths: [samplePath()],
    controlGaps: [],
    events: [
      { at: 8_050, cluster: 'b', kind: 'pod-deleted', object: 'istio-system/gateway-1', says: 'pod gateway-1 is gone' },
    ],
    notSeen: [],
    worse: [],
    compared: true,
    ...more,
  };
}
