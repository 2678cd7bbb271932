import { expect, test } from 'vitest';
import { exitCodeOf, summaryOf, verdictOf, type Verdict } from '../src/record/result.js';
import { everyState, notBuilt, sampleBehaviour, sampleTopology } from './helpers/record.js';

const topology = (...verdicts: Verdict[]) =>
  sampleTopology({ behaviours: verdicts.map((verdict) => sampleBehaviour({ verdict })) });

test.each<[Verdict[], Verdict]>([
  [['passed', 'not-applicable', 'skipped'], 'passed'],
  [['passed', 'undetermined', 'failed'], 'failed'],
  [['passed', 'undetermined'], 'undetermined'],
  [['not-applicable', 'skipped'], 'not-applicable'],
  [['skipped'], 'skipped'],
  [[], 'undetermined'],
])('a topology whose behaviours are %j is %s', (behaviours, verdict) => {
  expect(verdictOf(topology(...behaviours))).toBe(verdict);
});

test('a topology that could not be built is undetermined', () => {
  expect(verdictOf(notBuilt())).toBe('undetermined');
});

test.each([
  ['all passed', [topology('passed', 'not-applicable')], 0],
  ['one failed, one not built', [topology('failed'), notBuilt()], 1],
  ['one passed, one not built', [topology('passed'), notBuilt()], 4],
  ['undetermined', [topology('passed', 'undetermined')], 4],
  ['nothing was run', [], 4],
])('exit code: %s', (_, topologies, code) => {
  expect(exitCodeOf({ run: { interrupted: false }, topologies }, { strict: false })).toBe(code);
  expect(exitCodeOf({ run: { interrupted: true }, topologies }, { strict: false })).toBe(130);
});

test('flaky is an error in strict mode only', () => {
  const topologies = [sampleTopology({ behaviours: [sampleBehaviour({ flaky: true })] })];
  expect(exitCodeOf({ run: { interrupted: false }, topologies }, { strict: false })).toBe(0);
  expect(exitCodeOf({ run: { interrupted: false }, topologies }, { strict: true })).toBe(5);
});

test('the summary counts behaviours of all topologies', () => {
  expect(summaryOf([everyState(), topology('passed')])).toEqual({
    passed: 3,
    failed: 1,
    undetermined: 1,
    'not-applicable': 1,
    skipped: 1,
    flaky: 1,
  });
});
