import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlacedRule } from '../src/engine/gate/read-gate-rules.js';
import { readGateRules } from '../src/engine/gate/read-gate-rules.js';
import { judgeGate } from '../src/engine/gate/judge-gate.js';
import { exitCode, ProblemsError } from '../src/kernel/errors.js';
import { summaryOf, verdictOf, type RunRecord, type TopologyRecord } from '../src/record/result.js';
import { everyState, sampleBehaviour, sampleFailure, sampleRecord, sampleTopology } from './helpers/record.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function recordOf(...topologies: TopologyRecord[]): RunRecord {
  const made = topologies.map((one) => ({ ...one, verdict: verdictOf(one) }));
  return { ...sampleRecord(made), summary: summaryOf(made) };
}

const compared = (record: RunRecord) => ({ record, path: 'reports/x', configurations: [] });

/** What breaks a rule. */
async function broken(rule: Partial<PlacedRule>, ...records: RunRecord[]): Promise<string[]> {
  const { judged, verdict } = await judgeGate([{ reason: 'a release needs it', line: 2, ...rule }], {
    file: 'gate.yaml',
    records: records.map(compared),
    find: () => Promise.resolve([compared(recordOf(sampleTopology()))]),
  });
  expect(verdict).toBe(judged[0]!.broken.length === 0 ? 'passed' : 'refused');
  return judged[0]!.broken;
}

const name = 'multi-network-multi-primary';
const all = recordOf(everyState());
const sound = recordOf(sampleTopology());

test.each<[string, Partial<PlacedRule>, RunRecord, string[]]>([
  ['require: passed', { require: ['CP-1'] }, all, []],
  ['require: failed', { require: ['LB-1'] }, all, [`${name}: LB-1 is failed: F-REMOTE-SECRET-MISSING`]],
  [
    'require: undetermined is not green',
    { require: ['LB-3'] },
    all,
    [`${name}: LB-3 is undetermined: kubectl did not end within 30 s`],
  ],
  [
    'require: named, and not applicable',
    { require: ['CP-2'] },
    all,
    [`${name}: CP-2 is not-applicable: needs primary-remote`],
  ],
  [
    'require: an area, of which some do not apply',
    { require: ['CP'] },
    all,
    [`${name}: CP-5 is skipped: not selected`],
  ],
  ['require: not run', { require: ['LOC-1'] }, all, [`${name}: LOC-1 was not run`]],
  ['require: all', { require: ['all'] }, sound, []],
  ['a topology that did not run', { require: ['all'], topologies: ['flat'] }, sound, ['topology flat did not run']],
  ['forbid', { forbid: ['F-OTHER'] }, all, []],
  ['atMost: held', { atMost: { failed: 1, undetermined: 1 } }, all, []],
  ['atMost: broken', { atMost: { failed: 0, flaky: 0 } }, all, ['1 failed, at most 0', '1 flaky, at most 0']],
  ['versions: held', { versions: { istio: '>=1.31', kubernetes: '1.34' } }, sound, []],
  ['versions: broken', { versions: { istio: '<1.31' } }, sound, ['Istio is 1.31.0, but must be <1.31']],
  ['digests', { digests: 'required' }, sound, [`${name}: the running images are not recorded`]],
])('%s', async (_, rule, record, expected) => expect(await broken(rule, record)).toEqual(expected));

test('a finding that is forbidden breaks the rule with its words', async () => {
  const topology = everyState();
  const [finding] = topology.behaviours[0]!.failures[0]!.findings!;
  const record = recordOf({ ...topology, findings: [{ ...finding!, behaviours: ['LB-1'] }] });
  expect(await broken({ forbid: ['F-REMOTE-SECRET-MISSING'] }, record)).toEqual([
    `${name}: F-REMOTE-SECRET-MISSING in cluster1: cluster1 has no remote secret of cluster2`,
  ]);
});

test('a figure has a limit, in its unit; one that is not measured breaks the rule', async () => {
  const measured = recordOf(
    sampleTopology({
      behaviours: [
        sampleBehaviour({
          id: 'LOC-2',
          measurements: {
            'failover of cluster1': { toStableMs: 16_000 },
            'failover of cluster2': { toStableMs: 2000 },
          },
        }),
      ],
    }),
  );
  const rule = (max: string) => ({ figure: 'LOC-2: failover of *', max });
  expect(await broken(rule('15s'), measured)).toEqual([`${name}: LOC-2: failover of cluster1 is 16.0 s, at most 15s`]);
  expect(await broken(rule('20s'), measured)).toEqual([]);
  expect(await broken(rule('1m'), measured)).toEqual([]);
  expect((await broken(rule('10 points'), measured))[0]).toContain('does not have the unit of 10 points');
  expect(await broken(rule('15s'), sound)).toEqual(['no measurement is called LOC-2: failover of *']);
});

test('of several records each has to hold, and is named', async () => {
  const second = { ...all, run: { ...all.run, id: 'second' } };
  expect(await broken({ atMost: { failed: 0 } }, sound, second)).toEqual(['run second: 1 failed, at most 0']);
});

test('records that are worse than others break a rule, and so do those of which it cannot be told', async () => {
  const failing = recordOf(
    sampleTopology({ behaviours: [sampleBehaviour({ verdict: 'failed', failures: [sampleFailure()] })] }),
  );
  expect(await broken({ notWorseThan: 'before' }, sound)).toEqual([]);
  expect(await broken({ notWorseThan: 'before' }, failing)).toEqual([
    'worse: 1 behaviour passed before and fails now',
    `${name}: LB-1`,
  ]);
  const missing = recordOf(sampleTopology({ behaviours: [sampleBehaviour({ id: 'CP-1' })] }));
  expect((await broken({ notWorseThan: 'before' }, missing))[0]).toMatch(
    /^cannot tell whether anything is worse: 1 beh/,
  );
});

/** The problems of a file of rules, as a user reads them. */
async function problems(text: string): Promise<string> {
  const file = path.join(folder, 'gate.yaml');
  writeFileSync(file, text);
  const error: unknown = await readGateRules(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemsError);
  expect((error as ProblemsError).code).toBe(exitCode.usage);
  return (error as ProblemsError).text().replaceAll(folder, '');
}

test('what is wrong with a file is told with its place', async () => {
  expect(await problems('rules:\n  - require: [CP-1]\n')).toContain('/gate.yaml:2:5: rules[0].reason is missing');
  expect(await problems('rules:\n  - reason: x\n    requires: [CP-1]\n')).toMatch(
    /gate\.yaml:3:5: unknown key "requires" in rules\[0\][^]*did you mean: require/,
  );
  expect(await problems('rules:\n  - reason: x\n    require: [CP-1, LBB-1]\n')).toMatch(
    /gate\.yaml:3:21: unknown behaviour\n {2}read: LBB-1[^]*did you mean: LB-1/,
  );
  expect(await problems('rules:\n  - reason: x\n    figure: a\n    max: 15\n')).toMatch(
    /gate\.yaml:4:10: rules\[0\]\.max/,
  );
  expect(await problems('rules:\n  - reason: x\n')).toMatch(/gate\.yaml:2:5: rules\[0\] must contain exactly one rule/);
});

test('a file that can be used keeps the lines of its rules', async () => {
  const file = path.join(folder, 'gate.yaml');
  writeFileSync(file, 'rules:\n  - reason: x\n    require: [CP, LB-1]\n  - digests: required\n    reason: y\n');
  expect((await readGateRules(file)).map(({ line }) => line)).toEqual([2, 4]);
});
