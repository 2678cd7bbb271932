import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { emitJobs } from '../src/engine/matrix/emit-jobs.js';
import { matrixSchema } from '../src/engine/matrix/matrix-schema.js';
import { mergeMatrix } from '../src/engine/matrix/merge-matrix.js';
import { planCells, type PlannedMatrix } from '../src/engine/matrix/plan-cells.js';
import { runCell, type Prove } from '../src/engine/matrix/run-cell.js';
import { cellNamed } from '../src/engine/matrix/run-matrix.js';
import { exitCode, ProblemsError } from '../src/kernel/errors.js';
import {
  causeOfAttempt,
  isInfrastructure,
  outcomeOfAttempt,
  readCell,
  writeCell,
  type Attempt,
  type Outcome,
} from '../src/record/matrix/cell-record.js';
import { exitCodeOfMatrix, isRed, readResults, resultWords } from '../src/record/matrix/cell-result.js';
import { cellFolder, writePlan, type MatrixPlan, type PlannedCell } from '../src/record/matrix/matrix-plan.js';
import { matrixText } from '../src/record/matrix/matrix-text.js';
import { readTrend, trendFile, writeNight } from '../src/record/matrix/matrix-trend.js';
import { writeRecord } from '../src/record/result-files.js';
import { self } from '../src/run/lease.js';
import { everyState, notBuilt, sampleRecord, sampleTopology } from './helpers/record.js';
import { quietProgress } from './helpers/quiet-progress.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'matrix-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function plan(text: string, context: Partial<Parameters<typeof planCells>[1]> = {}): PlannedMatrix {
  const file = path.join(folder, 'nightly.yaml');
  writeFileSync(file, text);
  return planCells(file, { commit: 'abc', lastMs: new Map(), common: [], ...context });
}
const ids = (text: string): string[] => plan(text).cells.map(({ id }) => id);

/** What is wrong with a file, as a user reads it. */
function problems(text: string): string {
  try {
    plan(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemsError);
    return (error as ProblemsError).text().replaceAll(`${folder}/`, '');
  }
  throw new Error('the file was accepted');
}

describe('a plan', () => {
  test('is the product of the axes, with what is included and without what is excluded', () => {
    expect(
      ids(`
topology: [single, mixed]
istio: [1.30.4, 1.31.0]
installer: [istioctl, helm]
exclude:
  - { topology: mixed, installer: helm, reason: takes too long }
include:
  - { topology: three-regions, istio: 1.31.0, kubernetes: 1.35.8, environment: lab }
`),
    ).toEqual([
      'single_istio-1.30.4_istioctl',
      'single_istio-1.30.4_helm',
      'single_istio-1.31.0_istioctl',
      'single_istio-1.31.0_helm',
      'mixed_istio-1.30.4_istioctl',
      'mixed_istio-1.31.0_istioctl',
      'three-regions_istio-1.31.0_kubernetes-1.35.8_lab',
    ]);
  });

  test('says what each cell is run with; paths are relative to the file', () => {
    mkdirSync(path.join(folder, 'mesh'));
    writeFileSync(path.join(folder, 'mesh', 'ours.yaml'), readFileSync('topologies/single.yaml'));
    writeFileSync(path.join(folder, 'known.yaml'), '[]');
    const { cells, attempts, parallel } = plan(
      `
topology: [mesh/ours.yaml]
istio: ['1.31.0']
run: { only: [CP-1, LB], not: [LB-3], knownIssues: known.yaml, maxTime: 30m, blobs: true, recordConfiguration: true }
allowFailure: [{ istio: '1.31.0', reason: not released yet }]
attempts: 3
`,
      { common: ['--registry', 'registry.example.com'] },
    );
    expect(cells[0]).toMatchObject({
      id: 'ours_istio-1.31.0',
      index: 0,
      axes: { topology: 'ours', istio: '1.31.0' },
      args: [
        ...[path.join(folder, 'mesh', 'ours.yaml'), '--registry', 'registry.example.com', '--istio', '1.31.0'],
        ...['--only', 'CP-1,LB', '--not', 'LB-3', '--known-issues', path.join(folder, 'known.yaml')],
        ...['--max-time', '30m', '--record-configuration', '--blobs'],
      ],
      allowFailure: 'not released yet',
    });
    expect([attempts, parallel]).toEqual([3, 1]);
  });

  test('has a digest of every input of a cell', () => {
    const topology = path.join(folder, 'own.yaml');
    writeFileSync(topology, readFileSync('topologies/single.yaml'));
    writeFileSync(path.join(folder, 'known.yaml'), '[]');
    const text = 'topology: [own.yaml]\nistio: [1.31.0]\nrun: { only: [CP-1], knownIssues: known.yaml }\n';
    const digest = (of = text, context = {}): string => plan(of, context).cells[0]!.digest;
    const first = digest();
    expect(digest()).toBe(first);
    const others = [
      digest(text.replace('1.31.0', '1.30.4')),
      digest(text.replace('CP-1', 'LB-1')),
      digest(text, { commit: 'def' }),
      digest(text, { common: ['--mirror', 'x'] }),
    ];
    writeFileSync(path.join(folder, 'known.yaml'), '[] # changed');
    others.push(digest());
    writeFileSync(topology, `${readFileSync(topology, 'utf8')}# changed\n`);
    others.push(digest());
    expect(new Set([first, ...others]).size).toBe(7);
  });

  test('knows how long cells took last', () => {
    const last = new Map([['single_istio-1.31.0', 240_000]]);
    const { cells } = plan('topology: [single, mixed]\nistio: [1.31.0]\n', { lastMs: last });
    expect(cells.map(({ expectedMs }) => expectedMs)).toEqual([240_000, expect.any(Number)]);
  });

  test.each([
    ['topology: [singel]\n', /the file does not exist[^]*did you mean/],
    ['topology: [single]\nistoi: [1.31.0]\n', /nightly\.yaml:2:1: unknown key "istoi"[^]*did you mean: istio/],
    ['topology: [single]\ninstaller: [helmm]\n', /nightly\.yaml:2:13: installer\[0\] is not an allowed value/],
    [
      'topology: [single]\nistio: [1.31.0]\nexclude:\n  - { istio: 1.30.4, reason: x }\n',
      /nightly\.yaml:4:5: exclude\[0\] matches no cell/,
    ],
    ['topology: [single]\nexclude:\n  - { topology: single }\n', /exclude\[0\]\.reason is missing/],
    ['topology: [single]\nexclude:\n  - { topology: single, reason: x }\n', /the matrix has no cells/],
    ['topology: [single]\nallowFailure:\n  - { reason: x }\n', /allowFailure\[0\] matches no cell/],
    ['topology: [single]\ninclude:\n  - { topology: single }\n', /the cell single exists twice/],
    ['topology: [single]\nrun: { knownIssues: none.yaml }\n', /nightly\.yaml:2:21: the file does not exist/],
  ])('is refused with the place of what is wrong: %j', (text, expected) => expect(problems(text)).toMatch(expected));
});

test.each<[number | undefined, 'none' | 'sound' | 'undetermined' | 'not built' | 'time over', Outcome, boolean]>([
  [0, 'sound', 'passed', false],
  [1, 'sound', 'failed', false],
  [2, 'none', 'wrong-usage', false],
  [3, 'none', 'not-built', true],
  [4, 'none', 'no-report', true],
  [4, 'not built', 'not-built', true],
  [4, 'undetermined', 'undetermined', false],
  [4, 'time over', 'undetermined', false],
  [5, 'sound', 'flaky', false],
  [6, 'sound', 'refused', false],
  [130, 'sound', 'interrupted', true],
  [undefined, 'none', 'no-report', true],
])('exit code %s with a record that is %s is %s, tried again: %s', (code, kind, outcome, again) => {
  const records = {
    none: undefined,
    sound: sampleRecord(),
    undetermined: sampleRecord([everyState()]),
    'not built': sampleRecord([notBuilt()]),
    'time over': sampleRecord([notBuilt()], { ended: 'the time is over' }),
  };
  expect(outcomeOfAttempt(code, records[kind])).toBe(outcome);
  expect(isInfrastructure(outcome)).toBe(again);
});

const cell = (id: string, more: Partial<PlannedCell> = {}): PlannedCell => ({
  id,
  index: 0,
  axes: { topology: id, istio: '1.31.0' },
  args: [id],
  digest: 'one',
  expectedMs: 1,
  ...more,
});

test('a cell that may fail makes nothing red, but one without a result does', () => {
  const may = cell('a', { allowFailure: 'beta' });
  expect(isRed({ cell: may, outcome: 'failed' })).toBe(false);
  expect(isRed({ cell: may, outcome: 'not-built' })).toBe(false);
  expect(isRed({ cell: may, outcome: 'missing' })).toBe(true);
  expect(resultWords({ cell: may, outcome: 'failed', cause: { finding: 'F-ONE', says: '' } })).toBe(
    'failed F-ONE (allowed)',
  );
});

test.each<[(Outcome | 'missing')[], number]>([
  [['passed', 'flaky'], exitCode.passed],
  [['passed', 'missing'], exitCode.environment],
  [['passed', 'undetermined'], exitCode.environment],
  [['not-built', 'failed'], exitCode.failed],
  [['refused', 'missing'], exitCode.gate],
  [['wrong-usage'], exitCode.usage],
  [[], exitCode.environment],
])('a matrix of %j ends with %i', (all, code) =>
  expect(exitCodeOfMatrix(all.map((outcome) => ({ outcome, cell: cell('a') })))).toBe(code),
);

/** A night with a plan of these cells, each with its attempts; a record in the last of them, where there is one. */
async function night(
  name: string,
  cells: [PlannedCell, Attempt[] | undefined, ReturnType<typeof sampleRecord>?][],
): Promise<string> {
  const root = path.join(folder, 'matrix', name);
  const made: MatrixPlan = {
    schemaVersion: 1,
    name: 'nightly',
    file: 'nightly.yaml',
    night: name,
    createdAt: `2026-12-0${name.length}T00:00:00.000Z`,
    attempts: 2,
    cells: cells.map(([one], index) => ({ ...one, index })),
  };
  await writePlan(root, made);
  for (const [{ id }, attempts, record] of cells) {
    if (!attempts) continue;
    const own = cellFolder(root, id);
    const last = attempts.at(-1)!;
    await writeCell(own, {
      schemaVersion: 1,
      id,
      state: last.outcome ? 'done' : 'started',
      digest: last.digest,
      attempts,
    });
    if (record) {
      mkdirSync(path.join(own, last.report!), { recursive: true });
      await writeRecord(path.join(own, last.report!), record);
    }
  }
  return root;
}

const attempt = (outcome: Outcome | undefined, more: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  digest: 'one',
  startedAt: '2026-12-01T00:00:00.000Z',
  endedAt: '2026-12-01T00:01:00.000Z',
  outcome,
  ...more,
});

const failed = sampleRecord([everyState()]);
const withReport = { run: 'abc', report: 'attempt-2/reports/abc' };

function sampleNight(name = 'a'): Promise<string> {
  return night(name, [
    [cell('good'), [attempt('passed', withReport)], sampleRecord([sampleTopology({ name: 'good' })])],
    [
      cell('bad'),
      [
        attempt('not-built', { cause: { says: 'no image' } }),
        attempt('failed', { number: 2, ...withReport, cause: causeOfAttempt('failed', failed, '') }),
      ],
      failed,
    ],
    [cell('begun'), [attempt(undefined)]],
    [cell('other-inputs'), [attempt('passed', { digest: 'two' })]],
    [cell('never'), undefined],
  ]);
}

test('a cell without a result of the planned inputs is missing, and says why', async () => {
  const root = await sampleNight();
  const results = await readResults(root, JSON.parse(readFileSync(path.join(root, 'plan.json'), 'utf8')));
  expect(results.map(({ outcome, cause }) => [outcome, cause?.says])).toEqual([
    ['passed', undefined],
    ['failed', expect.stringContaining('LB-1 is failed')],
    ['missing', 'it was begun at 2026-12-01 00:00 and has not ended'],
    ['missing', 'its inputs have changed since its run'],
    ['missing', 'it has no result'],
  ]);
});

describe('merged', () => {
  test('all cells are one report, in which missing cells are red in every view', async () => {
    const { cells, folder: merged } = await mergeMatrix(await sampleNight(), quietProgress());
    expect(exitCodeOfMatrix(cells)).toBe(exitCode.failed);
    const read = (file: string): string => readFileSync(path.join(merged, file), 'utf8');
    const junit = read('junit.xml');
    expect(junit.match(/<testsuite /g)).toHaveLength(5);
    for (const id of ['begun', 'other-inputs', 'never']) {
      expect(junit).toMatch(new RegExp(`<testcase classname="${id}"[^>]*>\\s*<error message="missing: `));
      expect(read('behaviours.html')).toContain(id);
    }
    expect(read('summary.txt')).toMatch(
      /never: undetermined\n {2}could not be built or tested: missing: it has no result/,
    );
    const record = JSON.parse(read('result.json'));
    expect(record.topologies.map(({ name, verdict }: { name: string; verdict: string }) => [name, verdict])).toEqual([
      ['good', 'passed'],
      ['bad', 'failed'],
      ['begun', 'undetermined'],
      ['other-inputs', 'undetermined'],
      ['never', 'undetermined'],
    ]);
    expect(record.topologies[1].notes).toEqual(['attempt 1: not-built: no image']);
    expect(record.topologies[1].evidence[0].path).toBe(
      '../cells/bad/attempt-2/reports/abc/evidence/multi-network-multi-primary/cluster1/pods.txt',
    );
    const page = read('index.html');
    expect(page).toContain('href="../cells/bad/attempt-2/reports/abc/index.html"');
    expect(page.match(/class="red"/g)!.length).toBeGreaterThanOrEqual(4);
    expect(page).not.toMatch(/<script|src="http/);
    expect(existsSync(path.join(merged, 'allure.html'))).toBe(true);
    expect(existsSync(path.join(merged, 'playwright'))).toBe(false);
  });

  test('each night is a line of the trend, once, and the table shows them beside each other', async () => {
    await mergeMatrix(await sampleNight('a'), quietProgress());
    await mergeMatrix(await sampleNight('a'), quietProgress());
    const { plan: made, cells, trend } = await mergeMatrix(await sampleNight('bb'), quietProgress());
    const root = path.join(folder, 'matrix');
    expect((await readTrend(root)).map((one) => [one.night, one.red])).toEqual([
      ['a', 4],
      ['bb', 4],
    ]);
    expect(matrixText(made, cells, trend)).toMatch(
      /nights\n {2}cell +a +bb\n {2}good +passed +passed\n {2}bad +failed/,
    );
  });

  test('a line of the trend that is damaged is named', async () => {
    writeFileSync(trendFile(folder), 'no night\n');
    await expect(readTrend(folder)).rejects.toThrow(/not a night of the trend/);
    await expect(writeNight(folder, {} as never)).rejects.toThrow();
  });
});

test('the state of a cell that is damaged is told, and that of one that was never begun is none', async () => {
  expect(await readCell(folder)).toBeUndefined();
  writeFileSync(path.join(folder, 'cell.json'), '{');
  await expect(readCell(folder)).rejects.toMatchObject({ code: exitCode.environment });
});

describe('a cell', () => {
  /** Runs a cell whose processes end with these codes, one after the other; returns how often one was started, and its state. */
  async function run(codes: (number | undefined)[], attempts = 2, own = cell('a')) {
    let started = 0;
    const notes: string[] = [];
    const prove: Prove = async (_place, _id, _args, tell) => {
      await tell(self());
      return { code: codes[started++], said: 'no image of it' };
    };
    await runCell(folder, own, attempts, quietProgress(notes), prove);
    return { started, notes, state: (await readCell(cellFolder(folder, 'a')))! };
  }
  const outcomesOf = ({ state }: Awaited<ReturnType<typeof run>>) => state.attempts.map(({ outcome }) => outcome);

  test.each([
    ['passed', 0],
    ['failed', 1],
    ['wrong-usage', 2],
    ['refused', 6],
  ])('with the verdict %s is never tried again', async (outcome, code) => {
    const ended = await run([code, 0]);
    expect(ended.started).toBe(1);
    expect(outcomesOf(ended)).toEqual([outcome]);
  });

  test('whose mesh could not be built is tried again, and both attempts stay', async () => {
    const ended = await run([3, 0]);
    expect(outcomesOf(ended)).toEqual(['not-built', 'passed']);
    expect(ended.state.attempts[0]!.cause).toEqual({ says: 'no image of it' });
    expect(ended.state.attempts.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('is tried no more often than the file says', async () => {
    const ended = await run([4, undefined, 0], 2);
    expect(outcomesOf(ended)).toEqual(['no-report', 'no-report']);
    // the next call finds no verdict, and tries again
    expect(outcomesOf(await run([0]))).toEqual(['no-report', 'no-report', 'passed']);
  });

  test('that is done with the same inputs is skipped, and that is said; with others it is run again', async () => {
    await run([0]);
    const again = await run([1]);
    expect([again.started, again.notes]).toEqual([0, ['cell a is done already: passed']]);
    const changed = await run([1], 2, cell('a', { digest: 'two' }));
    expect(outcomesOf(changed)).toEqual(['passed', 'failed']);
  });

  test('that was interrupted is run again', async () => {
    expect(outcomesOf(await run([130]))).toEqual(['interrupted']);
    expect(outcomesOf(await run([0]))).toEqual(['interrupted', 'passed']);
  });

  test('that a killed matrix has begun is run again; a report that was complete counts', async () => {
    const place = cellFolder(folder, 'a');
    const begun = attempt(undefined, { endedAt: undefined });
    const state = { schemaVersion: 1 as const, id: 'a', state: 'started' as const, digest: 'one', attempts: [begun] };
    await writeCell(place, state);
    expect(outcomesOf(await run([0]))).toEqual(['interrupted', 'passed']);
    await writeCell(place, state);
    mkdirSync(path.join(place, 'attempt-1', 'reports', 'abc'), { recursive: true });
    await writeRecord(path.join(place, 'attempt-1', 'reports', 'abc'), failed);
    const taken = await run([0]);
    expect([taken.started, outcomesOf(taken)]).toEqual([0, ['failed']]);
  });

  test('that another process proves is left to it', async () => {
    const place = cellFolder(folder, 'a');
    const begun = attempt(undefined, { endedAt: undefined, matrix: self(process.ppid) });
    await writeCell(place, { schemaVersion: 1, id: 'a', state: 'started', digest: 'one', attempts: [begun] });
    await expect(run([0])).rejects.toMatchObject({ code: exitCode.preflight });
  });
});

describe('jobs for other systems', () => {
  const open = () => {
    const matrix = plan('topology: [single]\nistio: [1.30.4, 1.31.0]\ninstaller: [istioctl, helm]\nattempts: 3\n');
    const { name, cells, attempts } = matrix;
    const file = path.join(folder, 'nightly.yaml');
    const made: MatrixPlan = { schemaVersion: 1, name, file, night: '2027-01-01', createdAt: '', attempts, cells };
    return { folder, plan: made, matrix };
  };

  test('a Job of Kubernetes never tries a verdict again, and does not count what a drain has ended', () => {
    const [config, job] = parseAllDocuments(emitJobs('kubernetes', open()), { version: '1.1' }).map((one) =>
      one.toJS(),
    );
    expect(Object.keys(config.data)).toEqual(['matrix.yaml']);
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 4, backoffLimitPerIndex: 2 });
    expect(job.spec.podFailurePolicy.rules).toEqual([
      { action: 'FailIndex', onExitCodes: { containerName: 'meshproof', operator: 'In', values: [1, 2, 5, 6] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    ]);
    const [container] = job.spec.template.spec.containers;
    expect(container.args.slice(-2)).toEqual(['--cell', '$(JOB_COMPLETION_INDEX)']);
    expect(container.args).toContain('2027-01-01');
  });

  test('GitHub and GitLab get a job for each cell, and one that merges whatever came of them', () => {
    const cells = open().plan.cells.map(({ id }) => id);
    const github = parse(emitJobs('github', open()));
    expect(github.jobs.prove.strategy).toEqual({ 'fail-fast': false, matrix: { cell: cells } });
    expect(github.jobs.merge).toMatchObject({ needs: 'prove', if: 'always()' });
    const gitlab = parse(emitJobs('gitlab', open()));
    expect(gitlab.prove.parallel.matrix).toEqual([{ CELL: cells }]);
    expect(gitlab.merge.when).toBe('always');
  });

  test('a cell is named by its id or its number', () => {
    const { plan: made } = open();
    expect(cellNamed(made, '3').id).toBe('single_istio-1.31.0_helm');
    expect(cellNamed(made, 'single_istio-1.31.0_helm').index).toBe(3);
    expect(() => cellNamed(made, 'single_istio-1.31.0_hlem')).toThrow(/no cell is called/);
  });
});

test('schema/matrix.schema.json is current (UPDATE=1 rewrites it)', async () => {
  const file = new URL('../schema/matrix.schema.json', import.meta.url);
  const made = { ...z.toJSONSchema(matrixSchema, { io: 'input' }), title: 'meshproof: a file of `meshproof matrix`' };
  if (process.env['UPDATE'] === '1') await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(made);
});
