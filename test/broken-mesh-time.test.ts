import { describe, expect, test } from 'vitest';

interface Seen {
  id: string;
  area: string;
  verdict: string;
  failures: { cluster: string; findings?: { check: string }[] }[];
}
interface Run {
  fault: string;
  behaviours: Seen[];
  asked: string[];
  demanded: [string, string[]][];
  finding: string;
  explains(behaviour: Seen): boolean;
  seconds: number;
  most: number;
}
const { draw, judgeRun, secondsUntilDecided } = (await import(
  new URL('../scripts/broken-mesh/judge-run.mjs', import.meta.url).href
)) as {
  draw(faults: string[], count: number, next: () => number): string[];
  judgeRun(run: Run): { row: object; wrong: string[] };
  secondsUntilDecided(behaviours: { startedAt: string; durationMs: number }[], start: number): number;
};

test('faults are drawn by the numbers of the seed, each once', () => {
  const numbers = () => [0.9, 0, 0.5].values();
  const drawn = (count: number) => {
    const left = numbers();
    return draw(['a', 'b', 'c'], count, () => left.next().value!);
  };
  expect(drawn(2)).toEqual(['c', 'a']);
  expect(drawn(9)).toEqual(['c', 'a', 'b']);
});

test('the time ends with the last verdict', () => {
  const start = Date.parse('2026-11-30T08:00:00.000Z');
  const behaviours = [
    { startedAt: '2026-11-30T08:00:05.000Z', durationMs: 60_000 },
    { startedAt: '2026-11-30T08:00:40.000Z', durationMs: 2_340 },
  ];
  expect(secondsUntilDecided(behaviours, start)).toBe(65);
});

describe('a run on a broken mesh', () => {
  const failure = (cluster: string, ...checks: string[]) => ({ cluster, findings: checks.map((check) => ({ check })) });
  const seen = (id: string, verdict: string, ...failures: Seen['failures']): Seen => ({
    id,
    area: id.split('-')[0]!,
    verdict,
    failures,
  });
  const run = (more: Partial<Run> = {}): Run => ({
    fault: 'istiod-down',
    behaviours: [
      seen('CP-1', 'failed', failure('cluster2', 'F-ISTIOD-DOWN', 'F-OTHER')),
      seen('LB-1', 'passed'),
      seen('LB-4', 'undetermined'),
    ],
    asked: ['CP-1', 'LB-1', 'LB-4'],
    demanded: [
      ['CP-1', ['cluster2']],
      ['MTLS-7', ['cluster1']],
    ],
    finding: 'F-ISTIOD-DOWN',
    explains: () => true,
    seconds: 74.9,
    most: 75,
    ...more,
  });

  test('is right when each failure begins with the finding, in time', () => {
    expect(judgeRun(run())).toEqual({
      row: { fault: 'istiod-down', finding: 'F-ISTIOD-DOWN', seconds: 74.9, failed: 1, undetermined: 1, passed: 1 },
      wrong: [],
    });
  });

  test.each([
    ['takes too long', { seconds: 75.1 }, 'the last verdict came after 75.1 s, at most 75 s are expected'],
    ['lacks a behaviour', { asked: ['CP-1', 'LB-1', 'LB-4', 'LB-2'] }, 'LB-2 has no verdict'],
    [
      'does not notice the fault where it must',
      { demanded: [['CP-1', ['cluster1', 'cluster2']]] as Run['demanded'] },
      'CP-1 does not fail in cluster1, and had to',
    ],
    [
      'names another finding first',
      { behaviours: [seen('CP-1', 'failed', failure('cluster2', 'F-OTHER', 'F-ISTIOD-DOWN'))], asked: ['CP-1'] },
      'CP-1 cluster2: the first line is F-OTHER, not F-ISTIOD-DOWN',
    ],
    [
      'names none',
      { behaviours: [seen('CP-1', 'failed', failure('cluster2'))], asked: ['CP-1'] },
      'CP-1 cluster2: the first line is no finding, not F-ISTIOD-DOWN',
    ],
  ])('is wrong when it %s', (_, more, text) => {
    expect(judgeRun(run(more)).wrong).toEqual([text]);
  });

  test('is not asked for the finding where that explains nothing', () => {
    const behaviours = [
      seen('CP-1', 'failed', failure('cluster2', 'F-ISTIOD-DOWN')),
      seen('EGR-2', 'failed', failure('cluster1', 'F-EGRESS')),
    ];
    const explains = ({ area }: Seen): boolean => area !== 'EGR';
    expect(judgeRun(run({ behaviours, asked: ['CP-1', 'EGR-2'], explains })).wrong).toEqual([]);
  });
});
