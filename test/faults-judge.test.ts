import { expect, test } from 'vitest';
import { judge, type Demanded } from '../src/fault/judge.js';
import { exitCodeOf } from '../src/fault/faults-summary.js';
import type { FaultRecord } from '../src/fault/fault-record.js';
import type { Finding } from '../src/record/finding.js';
import { exitCode } from '../src/kernel/errors.js';
import { sampleBehaviour, sampleFailure, sampleFinding } from './helpers/record.js';

const passed = (id: string) => sampleBehaviour({ id });
const failed = (id: string, failures: Record<string, string>) =>
  sampleBehaviour({
    id,
    verdict: 'failed',
    failures: Object.entries(failures).map(([cluster, got]) =>
      sampleFailure({ cluster, message: '10 calls', expected: 'v1, v2', got }),
    ),
  });
const undetermined = (id: string) => sampleBehaviour({ id, verdict: 'undetermined', reason: 'the pod is gone' });

const demanded: Demanded = {
  fails: { 'LB-1': ['cluster1'], 'LB-2': [] },
  passes: ['CP-1'],
  finding: 'F-REMOTE-SECRET-MISSING',
};
const green = [passed('LB-1'), passed('CP-1')];
const right = [failed('LB-1', { cluster1: 'v1 10' }), passed('CP-1')];

test('what fails as demanded is noticed and named, without a false alarm', () => {
  expect(judge(demanded, right, green)).toEqual({
    noticed: true,
    named: true,
    findings: ['F-REMOTE-SECRET-MISSING'],
    missed: [],
    falseAlarms: [],
  });
});

test.each([
  ['a behaviour that passes', [passed('LB-1'), passed('CP-1')], 'LB-1 passed, and had to fail'],
  ['one that could not tell', [undetermined('LB-1'), passed('CP-1')], 'LB-1 undetermined (the pod is gone), and had'],
  ['one that was not run', [passed('CP-1')], 'LB-1 was not run'],
  ['another cluster', [failed('LB-1', { cluster2: 'v1 10' }), passed('CP-1')], 'LB-1 does not fail in cluster1'],
])('%s is missed', (_, broken, words) => {
  const judgement = judge(demanded, broken, green);
  expect(judgement.noticed).toBe(false);
  expect(judgement.missed.join('\n')).toContain(words);
});

test.each([
  [
    'a control that fails',
    [right[0]!, failed('CP-1', { cluster1: 'none' })],
    green,
    'CP-1 failed\nF-REMOTE-SECRET-MISSING',
  ],
  ['a control that could not tell', [right[0]!, undetermined('CP-1')], green, 'CP-1 undetermined (the pod is gone)'],
  [
    'a cluster more',
    [failed('LB-1', { cluster1: 'v1 10', cluster2: 'v2 10' }), passed('CP-1')],
    green,
    'LB-1 fails in cluster2 as well',
  ],
  ['a mesh that stays broken', right, [right[0]!, passed('CP-1')], 'mended, LB-1 failed'],
])('%s is a false alarm', (_, broken, mended, words) => {
  const { falseAlarms } = judge(demanded, broken, mended);
  expect(falseAlarms).toEqual([expect.stringContaining(words)]);
});

test('a control that the topology does not have is none', () => {
  const notApplicable = sampleBehaviour({ id: 'CP-1', verdict: 'not-applicable', reason: 'needs a remote' });
  expect(judge(demanded, [right[0]!, notApplicable], [passed('LB-1'), notApplicable]).falseAlarms).toEqual([]);
});

const named = (...findings: Finding[]) => [
  sampleBehaviour({ id: 'LB-1', verdict: 'failed', failures: [sampleFailure({ findings })] }),
  passed('CP-1'),
];

test.each<[string, Finding[], string]>([
  ['no finding', [], 'no failure is named F-REMOTE-SECRET-MISSING: none has a finding'],
  [
    'another finding in its first line',
    [sampleFinding({ check: 'F-DNS-DOWN' }), sampleFinding()],
    'no failure is named F-REMOTE-SECRET-MISSING: F-DNS-DOWN',
  ],
])('a failure with %s is noticed, and not named', (_, findings, missing) => {
  const { noticed, named: isNamed, missed } = judge(demanded, named(...findings), green);
  expect({ noticed, isNamed, missed }).toEqual({ noticed: true, isNamed: false, missed: [missing] });
});

test('a fault that no check names yet is noticed all the same', () => {
  const { noticed, named: isNamed, missed } = judge({ ...demanded, finding: undefined }, named(), green);
  expect({ noticed, isNamed, missed }).toEqual({ noticed: true, isNamed: true, missed: [] });
});

test('a failure of no cluster is one of the mesh', () => {
  const { cluster: _, ...failure } = sampleFailure({ message: 'no manifest' });
  const broken = [sampleBehaviour({ id: 'LB-1', verdict: 'failed', failures: [failure] }), passed('CP-1')];
  const fails = { 'LB-1': ['mesh'] };
  expect(judge({ ...demanded, fails }, broken, green).missed).toEqual([]);
});

test.each<[FaultRecord['verdict'][], boolean, number]>([
  [['as-declared', 'not-applicable'], false, exitCode.passed],
  [['as-declared', 'undetermined', 'wrong'], false, exitCode.failed],
  [['as-declared', 'undetermined'], false, exitCode.environment],
  [['not-applicable'], false, exitCode.environment],
  [[], false, exitCode.environment],
  [['wrong'], true, exitCode.interrupted],
])('verdicts %j, interrupted %s, are exit code %i', (verdicts, interrupted, code) => {
  expect(
    exitCodeOf(
      verdicts.map((verdict) => ({ verdict }) as FaultRecord),
      interrupted,
    ),
  ).toBe(code);
});
