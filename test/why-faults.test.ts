import { describe, expect, test } from 'vitest';

interface Fault {
  id: string;
  finding?: string | string[] | null;
  break?: () => Promise<void>;
}
interface Row {
  fault: string;
  declared: string;
  named: string;
  also: string[];
  seconds: number | null;
}
const script = (name: string) => import(new URL(`../scripts/why-faults/${name}.mjs`, import.meta.url).href);
const { judgeAnswer } = (await script('judge-answer')) as {
  judgeAnswer(fault: Fault, answer?: object): { row: Row; wrong: string[] };
};
const { columns, confusion } = (await script('confusion')) as {
  columns: string[];
  confusion(summaries: object[], catalogue: Fault[]): { rows: string[][]; total: string };
};

const live = (id: string, finding: Fault['finding']): Fault => ({ id, finding, break: () => Promise.resolve() });
const answer = (id: string | null, more: object = {}) => ({
  cause: id && { id, says: `says ${id}` },
  alsoFound: [],
  follows: [],
  seconds: 12.345,
  ...more,
});

describe('an answer', () => {
  const fault = live('dns-down', 'F-DNS-DOWN');

  test('that names what is declared is right, and what was found beside it is kept once', () => {
    const beside = { alsoFound: [{ check: 'F-A' }], follows: [{ check: 'F-B' }, { check: 'F-A' }] };
    expect(judgeAnswer(fault, answer('F-DNS-DOWN', beside))).toEqual({
      row: { fault: 'dns-down', declared: 'F-DNS-DOWN', named: 'F-DNS-DOWN', also: ['F-A', 'F-B'], seconds: 12.3 },
      wrong: [],
    });
  });

  test('that names another finding is wrong, and says where the right one was', () => {
    const { row, wrong } = judgeAnswer(fault, answer('F-A', { follows: [{ check: 'F-DNS-DOWN' }] }));
    expect(row.named).toBe('F-A');
    expect(wrong).toEqual(['must be named F-DNS-DOWN, is F-A: says F-A (the one that is meant was found beside it)']);
  });

  test.each([
    ['no cause', fault, answer(null), 'no cause', ['must be named F-DNS-DOWN, is no cause']],
    ['an error', fault, answer(null, { problem: 'late' }), 'no answer', ['must be named F-DNS-DOWN, is late']],
    ['one of several names', live('x', ['F-A', 'PATH-GATEWAY']), answer('PATH-GATEWAY'), 'PATH-GATEWAY', []],
    ['nothing of a sound mesh', live('nothing', null), answer(null), 'no cause', []],
    ['a fault that could not be made', fault, undefined, 'not broken', []],
  ])('%s', (_, one, given, named, wrong) => {
    expect(judgeAnswer(one, given)).toMatchObject({ row: { named }, wrong });
  });

  test('that could not tell something is wrong of a sound mesh alone', () => {
    const unknown = { unknown: [{ check: 'F-A', missing: 'a right' }] };
    expect(judgeAnswer(live('nothing', null), answer(null, unknown)).wrong).toEqual(['cannot tell F-A: a right']);
    expect(judgeAnswer(fault, answer('F-DNS-DOWN', unknown)).wrong).toEqual([]);
  });
});

describe('the table', () => {
  const catalogue = [
    live('dns-down', 'F-DNS-DOWN'),
    live('istiod-down', 'F-ISTIOD-DOWN'),
    live('late', 'F-LATE'),
    live('unplayed', 'F-UNPLAYED'),
    { id: 'weights', finding: 'F-CONFIGURATION-DIFFERS' },
  ];
  const summary = (day: string, rows: unknown[][], more: object = {}) => ({
    parameters: { topology: 'two', istio: '1.31.0', kubernetes: '1.34.4', faults: [], ...more },
    finishedAt: `2026-11-${day}T08:00:00.000Z`,
    table: { columns: ['fault', 'declared', 'named', 'also', 'seconds'], rows },
  });
  const older = summary('29', [
    ['dns-down', 'F-DNS-DOWN', 'F-OLD', [], 9],
    ['late', 'F-LATE', 'not broken', [], null],
  ]);
  const newer = summary('30', [
    ['dns-down', 'F-DNS-DOWN', 'F-DNS-DOWN', ['F-A', 'F-B'], 5.1],
    ['istiod-down', 'F-ISTIOD-DOWN', 'F-OTHER', [], 6],
  ]);
  const rowsOf = (rows: string[][], id: string) => rows.filter(([first]) => first === `\`${id}\``);
  const { rows, total } = confusion([older, newer], catalogue);

  test('has the newest round of each fault, and marks what is named otherwise', () => {
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
    expect(rowsOf(rows, 'dns-down')).toEqual([
      ['`dns-down`', 'F-DNS-DOWN', 'F-DNS-DOWN', 'F-A, F-B', '5.1', '`two`', '1.31.0', '1.34.4', '2026-11-30'],
    ]);
    expect(rowsOf(rows, 'istiod-down')[0]![2]).toBe('**F-OTHER**');
    expect(rowsOf(rows, 'late')[0]!.slice(2, 5)).toEqual(['not broken', '-', '-']);
  });

  test('says what was not played, and leaves nothing out', () => {
    expect(rowsOf(rows, 'unplayed')[0]![2]).toBe('not played');
    expect(rowsOf(rows, 'weights')[0]![2]).toBe('not played: only in a manifest of a behaviour');
    expect(rowsOf(rows, 'nothing')[0]!.slice(1, 3)).toEqual(['no cause', 'not played']);
    expect(total).toMatch(/^Asked 2 times: 1 named as declared, 1 otherwise\. 1 could not be made\. \d+ of \d+ rounds/);
  });

  test('has a row for each topology on which a fault was played', () => {
    const elsewhere = summary('30', [['dns-down', 'F-DNS-DOWN', 'F-DNS-DOWN', [], 4]], { topology: 'three' });
    expect(rowsOf(confusion([older, newer, elsewhere], catalogue).rows, 'dns-down').map((row) => row[5])).toEqual([
      '`two`',
      '`three`',
    ]);
  });

  test('of a summary without a table tells what its verdicts tell', () => {
    const { parameters, finishedAt } = summary('30', [], { faults: ['dns-down', 'istiod-down', 'late', 'unplayed'] });
    const wrong = [
      { round: 2, what: 'istiod-down', wrong: ['it could not be broken: late'] },
      { round: 3, what: 'late', wrong: ['must be named F-LATE, is no cause'] },
    ];
    const named = confusion([{ parameters, finishedAt, rounds: 3, wrong }], catalogue).rows;
    const of = (id: string) => rowsOf(named, id)[0]![2];
    expect(['dns-down', 'istiod-down', 'late', 'unplayed'].map(of)).toEqual([
      'F-DNS-DOWN',
      'not broken',
      '**not kept**',
      'not played',
    ]);
  });
});
