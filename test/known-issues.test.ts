import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readKnownIssues } from '../src/engine/read-known-issues.js';
import { exitCode, ProblemsError } from '../src/kernel/errors.js';
import { holdAgainst, knownIssueLines, type KnownIssue } from '../src/record/known-issues.js';
import { exitCodeOf, summaryOf, verdictOf, type RunRecord } from '../src/record/result.js';
import { page } from '../src/record/views/page-view.js';
import { junit } from '../src/record/views/junit-view.js';
import { summarize } from '../src/record/views/summary-view.js';
import { isInRange, isRange } from '../src/topology/version-range.js';
import { sampleBehaviour, sampleFailure, sampleFinding, sampleRecord, sampleTopology } from './helpers/record.js';

const entry = (more: Partial<KnownIssue> = {}): KnownIssue => ({
  behaviour: 'LB-5',
  link: 'https://example.com/issues/1',
  expires: '2026-12-31',
  reason: 'fixed in the next release',
  ...more,
});

/** The record of a run of two topologies with these entries; LB-5 fails on the first and passes on the second. */
function record(entries: KnownIssue[], now = '2026-12-01T00:00:00.000Z'): RunRecord {
  const finding = sampleFailure({ findings: [sampleFinding({ check: 'F-KNOWN' })] });
  const failed = sampleBehaviour({ id: 'LB-5', verdict: 'failed', failures: [finding] });
  const one = sampleTopology({ name: 'one', behaviours: [sampleBehaviour(), failed] });
  const two = sampleTopology({ name: 'two', behaviours: [sampleBehaviour({ id: 'LB-5' })] });
  const topologies = [one, two].map((topology) => ({ ...topology, problem: undefined, verdict: verdictOf(topology) }));
  const held = holdAgainst(topologies, entries, { now, applies: (_, versions) => isInRange('1.31.1', versions) });
  const made = { ...sampleRecord(), ...held, summary: summaryOf(held.topologies) };
  const run = { ...made.run, interrupted: false };
  return { ...made, run: { ...run, exitCode: exitCodeOf({ ...made, run }, { strict: false }) } };
}

const outcome = (entries: KnownIssue[], now?: string): unknown[] => {
  const { run, topologies, knownIssues } = record(entries, now);
  return [run.exitCode, topologies[0]!.verdict, knownIssues?.map(({ state }) => state)];
};

test.each<[string, Partial<KnownIssue>, unknown[]]>([
  ['by its behaviour', {}, [0, 'passed', ['known']]],
  ['by its finding', { behaviour: undefined, finding: 'F-KNOWN' }, [0, 'passed', ['known']]],
  ['by both', { finding: 'F-KNOWN' }, [0, 'passed', ['known']]],
  ['on its topology', { topology: 'one' }, [0, 'passed', ['known']]],
  ['with its version', { versions: '>=1.30 <1.32' }, [0, 'passed', ['known']]],
  ['on its last day', { expires: '2026-12-01' }, [0, 'passed', ['known']]],
  ['not another behaviour', { behaviour: 'LB-1' }, [1, 'failed', ['passes']]],
  ['not another finding', { finding: 'F-OTHER' }, [1, 'failed', ['unmatched']]],
  ['not on another topology', { topology: 'two' }, [1, 'failed', ['passes']]],
  ['not with another version', { versions: '<1.31' }, [1, 'failed', ['unmatched']]],
  ['not after its last day', { expires: '2026-11-30' }, [1, 'failed', ['expired']]],
])('a failure is accepted %s', (_, more, expected) => expect(outcome([entry(more)])).toEqual(expected));

test('an entry whose day is over is red, also where its behaviour passes', () =>
  expect(outcome([entry({ topology: 'two', expires: '2026-11-30' }), entry()])).toEqual([
    1,
    'passed',
    ['expired', 'known'],
  ]));

test('an entry of one failure does not excuse another', () => {
  const other = holdAgainst(
    [sampleTopology({ behaviours: [sampleBehaviour({ verdict: 'failed', failures: [sampleFailure()] })] })],
    [entry({ behaviour: undefined, finding: 'F-KNOWN' })],
    { now: '2026-12-01', applies: () => true },
  );
  expect(other.topologies[0]!.behaviours[0]!.known).toBeUndefined();
});

test('every view shows the failure as known with its link, and what else became of the entries', () => {
  const made = record([
    entry({ topology: 'one' }),
    entry({ topology: 'two' }),
    entry({ behaviour: 'LB-1', expires: '2026-11-01' }),
    entry({ behaviour: 'LOC-9' }),
  ]);
  const lines = knownIssueLines(made.knownIssues);
  expect(lines).toEqual([
    'LB-5 on two passes now: remove its entry (https://example.com/issues/1)',
    'the entry of LB-1 expired on 2026-11-01: fix it or choose another date (https://example.com/issues/1)',
    'no behaviour in this run matches the entry of LOC-9',
  ]);
  const text = summarize(made);
  const flat = text.replace(/\s+/g, ' ');
  for (const line of lines) expect(flat).toContain(line);
  expect(text).toMatch(/^ {2}known {11}LB-5/m);
  expect(text).toMatch(/\n2 passed, 1 known\n/);
  expect(flat).toContain('known issue until 2026-12-31, https://example.com/issues/1: fixed in the next release');
  expect(page(made)).toMatch(
    /Known issue until 2026-12-31: .*<a href="https:\/\/example.com\/issues\/1">tracked there<\/a>/,
  );
  expect(page(made)).toContain(lines[1]);
  const xml = junit(made);
  expect(xml).toMatch(/<testsuites [^>]*tests="4" failures="1" errors="0" skipped="1"/);
  expect(xml).toMatch(/<skipped message="known issue until 2026-12-31, https:\/\/example.com\/issues\/1: fixed/);
  expect(xml).toMatch(/<testcase classname="known issues" name="the entry of LB-1 expired/);
});

test.each([
  ['1.31.1', '1.31', true],
  ['1.31.1', '1.30', false],
  ['1.31.1', '1.31.1', true],
  ['1.31.1', '=1.31.0', false],
  ['1.31.1', '>=1.30 <1.31.2', true],
  ['1.31.2', '>=1.30 <1.31.2', false],
  ['1.31.0-lab', '>=1.31', true],
  ['1.32-alpha.0123abc', '<=1.31.9', false],
])('version %s in the range %s: %s', (version, range, expected) => expect(isInRange(version, range)).toBe(expected));

test('what is no range is refused', () =>
  expect(['1.31', '>=1.30 <1.31.2'].map(isRange).concat(['1', '^1.30', '1.30 or 1.31', ''].map(isRange))).toEqual([
    ...[true, true],
    ...[false, false, false, false],
  ]));

describe('the file', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'meshproof-known-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (text: string): Promise<KnownIssue[]> => {
    const file = path.join(folder, 'known-issues.yaml');
    writeFileSync(file, text);
    return readKnownIssues(file);
  };
  const good = `- behaviour: LB-5
  versions: '>=1.30 <1.31.2'
  link: https://example.com/issues/1
  expires: 2026-12-31
  reason: fixed in the next release
`;

  test('is read, and no file is no entry', async () => {
    expect(await read(good)).toEqual([entry({ versions: '>=1.30 <1.31.2' })]);
    expect(await readKnownIssues(undefined)).toEqual([]);
  });

  test.each([
    ['a behaviour that does not exist', good.replace('LB-5', 'LB-55'), /:1:14: unknown behaviour[^]*LB-5/],
    ['a range that is none', good.replace('<1.31.2', '^1'), /versions[^]*is not a valid range/],
    ['no day', good.replace(/ {2}expires.*\n/, ''), /expires/],
    ['a day that does not exist', good.replace('12-31', '02-31'), /is not a valid date/],
    [
      'neither behaviour nor finding',
      good.replace('behaviour: LB-5', 'topology: x'),
      /neither a behaviour nor a finding/,
    ],
    ['a key that nobody knows', `${good}  until: 1\n`, /until/],
  ])('%s is refused with its line', async (_, text, message) => {
    const error = await read(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemsError);
    expect((error as ProblemsError).code).toBe(exitCode.usage);
    expect((error as ProblemsError).describe()).toMatch(message);
  });
});
