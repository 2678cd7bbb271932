import { expect, test } from 'vitest';

interface Counts {
  passed: number;
  failed: number;
  lines: string[];
  skipped?: string;
}
interface Counting {
  countCheck(exit: number): Counts;
  countUnitTests(report: unknown, exit: number): Counts;
  countBehaviours(record: unknown, topologies: string[], exit: number): Counts;
  countOneMesh(result: unknown, exit: number): Counts;
  countPages(result: unknown, pages: number, exit: number): Counts;
}
const { countCheck, countUnitTests, countBehaviours, countOneMesh, countPages } = (await import(
  new URL('../scripts/test-counts.mjs', import.meta.url).href
)) as Counting;

test('a check is one test', () => {
  expect(countCheck(0)).toEqual({ passed: 1, failed: 0, lines: [] });
  expect(countCheck(2)).toEqual({ passed: 0, failed: 1, lines: ['exit code 2'] });
});

/** A report as Vitest writes it, of one file with a test of each status. */
function unitReport(...statuses: string[]) {
  return {
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    testResults: [
      {
        name: 'a.test.ts',
        status: statuses.every((status) => status === 'passed') ? 'passed' : 'failed',
        assertionResults: statuses.map((status, i) => ({ status, fullName: `test ${i}` })),
      },
    ],
  };
}

test('unit tests are counted one by one, and what did not run did not pass', () => {
  expect(countUnitTests(unitReport('passed', 'passed'), 0)).toEqual({ passed: 2, failed: 0, lines: [] });
  expect(countUnitTests(unitReport('passed', 'failed', 'skipped'), 1)).toEqual({
    passed: 1,
    failed: 2,
    lines: ['a.test.ts: test 1: failed', 'a.test.ts: test 2: skipped'],
  });
});

test.each([
  ['no report', undefined, 0],
  ['no test', { numPassedTests: 0, testResults: [] }, 0],
  ['an error outside every test', unitReport('passed'), 1],
  [
    'a file that cannot be loaded',
    { numPassedTests: 1, testResults: [{ name: 'a', status: 'failed', assertionResults: [] }] },
    1,
  ],
])('unit tests: %s is one failure', (_, report, exit) => {
  expect(countUnitTests(report, exit).failed).toBe(1);
});

/** A record of one topology with a behaviour of each verdict. */
function record(verdicts: string[], more: object = {}) {
  const behaviours = verdicts.map((word, i) => {
    const flaky = word === 'flaky';
    return { id: `B-${i}`, verdict: flaky ? 'passed' : word, flaky };
  });
  return { topologies: [{ name: 'mine', behaviours, ...more }] };
}

test('a behaviour is proven when it passed at once; one that does not apply is not counted', () => {
  const all = record(['passed', 'failed', 'undetermined', 'skipped', 'flaky', 'not-applicable']);
  expect(countBehaviours(all, ['mine'], 1)).toEqual({
    passed: 1,
    failed: 4,
    lines: ['mine B-1: failed', 'mine B-2: undetermined', 'mine B-3: skipped', 'mine B-4: flaky'],
  });
  expect(countBehaviours(record(['passed', 'not-applicable']), ['mine'], 0)).toEqual({
    passed: 1,
    failed: 0,
    lines: [],
  });
});

test('a topology that is missing from a run of several is a failure', () => {
  expect(countBehaviours(record(['passed']), ['mine', 'other'], 0)).toEqual({
    passed: 1,
    failed: 1,
    lines: ['no behaviour of other was tested'],
  });
});

test.each([
  ['no result.json', undefined, 0],
  ['no behaviour', record([]), 0],
  ['only what does not apply', record(['not-applicable']), 0],
  [
    'another topology than the one asked for',
    { topologies: [{ ...record(['passed']).topologies[0], name: 'other' }] },
    0,
  ],
  ['a mesh that could not be built', record([], { problem: { message: 'no image' } }), 4],
  ['an exit code that nothing explains', record(['passed']), 6],
])('behaviours: %s is one failure', (_, result, exit) => {
  expect(countBehaviours(result, ['mine'], exit).failed).toBe(1);
});

const path = (verdict: string, more: object = {}) => ({ verdict, samples: 100, gaps: [], ...more });

/** What one-mesh.mjs prints when all is well. */
function oneMesh(change: object = {}, why: object = {}) {
  const held = [{ id: 'LB-1', verdict: 'passed' }];
  return {
    up: true,
    asked: 5,
    why: { planned: 5, rounds: 5, passed: 5, wrong: [], ...why },
    upgrade: {
      changes: [
        {
          verdict: 'within-budget',
          reasons: [],
          acts: [
            { id: 'precheck', outcome: 'done' },
            { id: 'istiod/cluster1', outcome: 'done', held },
            { id: 'old/cluster1', outcome: 'not-done' },
          ],
          paths: [path('within-budget')],
          controlGaps: [],
          worse: [],
          ...change,
        },
      ],
    },
  };
}

test('faults, acts, what holds after them, and the load are counted', () => {
  expect(countOneMesh(oneMesh(), 0)).toEqual({ passed: 9, failed: 0, lines: [] });
});

test('a machine that was too busy for the load is no failure, and not proven either', () => {
  const late = { verdict: 'undetermined', paths: [path('undetermined'), path('within-budget')], controlGaps: [{}] };
  expect(countOneMesh(oneMesh(late), 4)).toEqual({ passed: 8, failed: 0, lines: [] });
});

test.each([
  ['no mesh', { up: false }, /no mesh came up/],
  ['no upgrade', { ...oneMesh(), upgrade: undefined }, /upgrade has no record/],
  ['a fault that is named wrongly', oneMesh({}, { wrong: [{ what: 'a', wrong: ['b'] }] }), /why, a: b/],
  ['faults that were not asked about', oneMesh({}, { rounds: 2 }), /not every fault/],
  ['an act that failed', oneMesh({ acts: [{ id: 'x', outcome: 'failed', problem: 'no' }] }), /act x: no/],
  [
    'what does not hold',
    oneMesh({ acts: [{ id: 'x', outcome: 'done', held: [{ id: 'LB-1', verdict: 'failed' }] }] }),
    /LB-1 after x/,
  ],
  ['calls that were lost', oneMesh({ verdict: 'disrupted', reasons: ['1 s'] }), /load: disrupted: 1 s/],
])('one mesh: %s is a failure', (_, result, line) => {
  const { failed, lines } = countOneMesh(result, 0);
  expect(failed).toBeGreaterThan(0);
  expect(lines.join('\n')).toMatch(line);
});

test.each([
  ['a lane that never ran', { paths: [path('undetermined', { samples: 0 })] }],
  ['a path that is broken beside one of which nothing is known', { paths: [path('undetermined'), path('broken')] }],
  ['a call that is lost before the change', { paths: [path('undetermined', { gaps: [{ phase: 'baseline' }] })] }],
  ['a finding that is new', { paths: [path('undetermined')], worse: [{}] }],
])('one mesh: %s is no busy machine', (_, more) => {
  const change = { verdict: 'undetermined', reasons: ['none'], controlGaps: [{}], ...more };
  expect(countOneMesh(oneMesh(change), 0).lines.join('\n')).toMatch(/load: undetermined/);
});

/** What report-measures.mjs prints, of pages with two checks each. */
function pages(...wrong: string[][]) {
  return {
    pages: wrong.map((one, i) => ({
      page: `${i}`,
      checks: [
        { what: 'size', wrong: [] },
        { what: 'width', wrong: one },
      ],
    })),
  };
}

test('of each page everything that it must be is counted', () => {
  expect(countPages(pages([], []), 2, 0)).toEqual({ passed: 4, failed: 0, lines: [] });
  expect(countPages(pages([], ['35 px', '9 px']), 2, 1)).toEqual({ passed: 3, failed: 1, lines: ['1: 35 px; 9 px'] });
});

test('a machine without Chromium skips the pages, and one that was promised a Chromium does not', () => {
  const skipped = 'there is no Chromium; install it';
  expect(countPages({ skipped }, 2, 0)).toEqual({ passed: 0, failed: 0, lines: [], skipped });
  expect(countPages({ skipped }, 2, 1)).toEqual({ passed: 0, failed: 1, lines: [skipped] });
});

test.each([
  ['nothing measured', undefined, 1],
  ['no report of the run before', pages([]), 0],
  ['an exit code that nothing explains', pages([], []), 6],
])('pages: %s is one failure', (_, result, exit) => {
  expect(countPages(result, 2, exit).failed).toBe(1);
});
