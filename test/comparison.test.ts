import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gateSchema } from '../src/engine/gate/gate-schema.js';
import { compareRecords } from '../src/record/comparison/compare-records.js';
import { comparisonSchema, type Comparison } from '../src/record/comparison/comparison.js';
import { comparisonText } from '../src/record/comparison/comparison-text.js';
import { summaryOf, verdictOf, type Behaviour, type RunRecord, type TopologyRecord } from '../src/record/result.js';
import { sampleBehaviour, sampleFailure, sampleFinding, sampleRecord, sampleTopology } from './helpers/record.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A record of one topology, `one`, with these behaviours. */
function record(
  behaviours: Behaviour[],
  more: Partial<TopologyRecord> = {},
  other: Partial<RunRecord> = {},
): RunRecord {
  const images = [{ cluster: 'cluster1', image: 'istio/pilot:1.31.0', id: digest('a'), containers: 1 }];
  const topology = sampleTopology({ name: 'one', behaviours, images, ...more });
  const topologies = [{ ...topology, verdict: verdictOf(topology) }];
  return { ...sampleRecord(topologies), summary: summaryOf(topologies), ...other };
}

const side = (...records: RunRecord[]) =>
  records.map((one, i) => ({ record: one, path: `reports/${i}`, configurations: [] }));
const compare = (before: RunRecord[], after: RunRecord[]): Comparison =>
  comparisonSchema.parse(compareRecords(side(...before), side(...after)));

const passed = sampleBehaviour();
const failedBy = (check: string) =>
  sampleBehaviour({ verdict: 'failed', failures: [sampleFailure({ findings: [sampleFinding({ check })] })] });
const failed = failedBy('F-ONE');
const undetermined = sampleBehaviour({ verdict: 'undetermined', reason: 'kubectl did not answer' });
const known = { ...failed, known: { link: 'https://example.com/1', reason: 'tracked', expires: '2027-01-01' } };
const skipped = sampleBehaviour({ verdict: 'skipped', reason: 'not selected' });
const notApplicable = sampleBehaviour({ verdict: 'not-applicable', reason: 'needs regions' });

test.each<[string, Behaviour[], Behaviour[], string | undefined, Comparison['verdict']]>([
  ['a pass stays', [passed], [passed], undefined, 'nothing-worse'],
  ['a pass that fails is a regression', [passed], [failed], 'regression', 'worse'],
  ['a pass that is undetermined is not green', [passed], [undetermined], 'not-known', 'cannot-tell'],
  ['a pass that is skipped is not green', [passed], [skipped], 'not-known', 'cannot-tell'],
  ['a pass that does not apply any more is not green', [passed], [notApplicable], 'not-known', 'cannot-tell'],
  ['a pass that is a known issue now is accepted', [passed], [known], 'accepted', 'nothing-worse'],
  ['a failure of another cause', [failed], [failedBy('F-TWO')], 'changed', 'cannot-tell'],
  ['a failure of the same cause', [failed], [failed], 'still-fails', 'nothing-worse'],
  ['a failure that is gone', [failed], [passed], 'fixed', 'nothing-worse'],
  ['a failure without a basis', [undetermined], [failed], 'no-basis', 'cannot-tell'],
  ['a pass without a basis', [skipped], [passed], 'new', 'nothing-worse'],
])('%s', (_, before, after, change, verdict) => {
  const other = sampleBehaviour({ id: 'LB-2' });
  const { behaviours, verdict: all, same } = compare([record([...before, other])], [record([...after, other])]);
  expect(behaviours.map((one) => one.change)).toEqual(change === undefined ? [] : [change]);
  expect(all).toBe(verdict);
  expect(same).toBe(change === undefined ? 2 : 1);
});

test('a pass that is missing is not green, and neither is a topology that was not built', () => {
  const other = sampleBehaviour({ id: 'LB-2' });
  const missing = compare([record([passed, other])], [record([other])]);
  expect(missing.verdict).toBe('cannot-tell');
  expect(missing.behaviours).toMatchObject([
    { id: 'LB-1', change: 'not-known', after: 'missing', reason: 'it was not run' },
  ]);
  const problem = { message: 'pod istiod is ImagePullBackOff\nmore' };
  const notBuilt = compare([record([passed])], [record([], { problem })]);
  expect(notBuilt.behaviours[0]!.reason).toBe('pod istiod is ImagePullBackOff');
  expect(comparisonText(notBuilt)).toMatch(/^cannot tell whether anything is worse: 1 behaviour is undetermined now/);
});

test('of several records a side is no better than its worst one; before, a pass in one of them is enough', () => {
  expect(compare([record([passed])], [record([passed]), record([failed])]).behaviours[0]!.change).toBe('regression');
  expect(compare([record([passed])], [record([passed]), record([])]).behaviours[0]!.change).toBe('not-known');
  expect(compare([record([passed]), record([])], [record([passed])]).behaviours).toEqual([]);
});

test('a behaviour that failed before too is worse when it fails in significantly more runs', () => {
  const of = (failures: number, all: number) =>
    Array.from({ length: all }, (_, i) => record([i < failures ? failed : passed]));
  expect(compare(of(1, 10), of(5, 5)).behaviours[0]!.change).toBe('fails-more-often');
  expect(compare(of(1, 10), of(5, 5)).verdict).toBe('worse');
  expect(compare(of(2, 4), of(2, 4)).behaviours[0]!.change).toBe('still-fails');
});

describe('figures', () => {
  const failover = (toStableMs: number) =>
    record([
      sampleBehaviour({ id: 'LOC-2', measurements: { 'failover of cluster1': { toStableMs, calls: 9, all: [] } } }),
    ]);
  const of = (...times: number[]) => times.map(failover);
  const figure = (comparison: Comparison) => comparison.figures.find(({ name }) => name.startsWith('LOC-2'))!;

  test('worse is not claimed from fewer than 4 + 4 runs: it says how many more are needed', () => {
    const one = compare(of(2000), of(9000));
    expect(figure(one)).toMatchObject({ outcome: 'too-few-runs', needBefore: 3, needAfter: 3 });
    expect(one.verdict).toBe('cannot-tell');
    expect(one.reasons).toEqual(['1 figure is higher, but a verdict needs more runs: 3 before, 3 after']);
    expect(comparisonText(one)).toContain(
      'cannot tell  one: LOC-2: failover of cluster1: 2.0 s -> 9.0 s (need 3 more before and 3 more after)',
    );
    expect(figure(compare(of(2000, 2000, 2000, 2000), of(9000, 9000, 9000)))).toMatchObject({
      needBefore: 0,
      needAfter: 1,
    });
  });

  test('with 4 + 4 runs a difference that is both significant and worth a second is told', () => {
    const worse = compare(of(2000, 2100, 2200, 2300), of(4000, 4100, 4200, 4300));
    expect(figure(worse)).toMatchObject({ outcome: 'worse', p: 1 / 70 });
    expect(worse.verdict).toBe('worse');
    expect(figure(compare(of(4000, 4100, 4200, 4300), of(2000, 2100, 2200, 2300))).outcome).toBe('better');
    // significant, and half a second
    expect(figure(compare(of(2000, 2100, 2200, 2300), of(2600, 2700, 2800, 2900)))).toMatchObject({ outcome: 'same' });
    // a second and more, and not significant
    const unclear = figure(compare(of(2000, 2100, 9000, 9100), of(2050, 9200, 9300, 9400)));
    expect(unclear).toMatchObject({ outcome: 'same' });
    expect(unclear.p).toBeGreaterThan(0.05);
  });

  test('less is no reason to ask for more runs', () => {
    const better = compare(of(9000), of(2000));
    expect(figure(better).outcome).toBe('too-few-runs');
    expect(better.verdict).toBe('nothing-worse');
  });

  test.each<[string, Partial<RunRecord>, string]>([
    ['CPUs', { machine: { ...sampleRecord().machine, cpus: 8 } }, 'CPUs differs'],
    ['meshproof', { meshproof: { version: '9.0.0' } }, 'meshproof differs'],
  ])('of another machine or meshproof are compared, marked and not judged: %s', (what, other, reason) => {
    const before = of(2000, 2100, 2200, 2300);
    const after = of(4000, 4100, 4200, 4300).map((one) => ({ ...one, ...other }));
    const comparison = compare(before, after);
    expect(figure(comparison)).toMatchObject({ outcome: 'not-judged', reason });
    expect(comparison.differences).toMatchObject([{ what, confounds: true }]);
    expect(comparison.verdict).toBe('nothing-worse');
  });

  test('shares are compared by how far they are from what was expected', () => {
    const shares = (v1: number) =>
      record([
        sampleBehaviour({
          measurements: { 'shares from cluster1': { expected: { v1: 0.5, v2: 0.5 }, counts: { v1, v2: 100 - v1 } } },
        }),
      ]);
    const [share] = compare([shares(50)], [shares(80)]).figures.filter(({ unit }) => unit === 'share');
    expect(share).toMatchObject({ outcome: 'too-few-runs', medianBefore: 0 });
    expect(share!.medianAfter).toBeCloseTo(0.3);
  });

  test('one that is not measured any more cannot be told', () => {
    const without = record([sampleBehaviour({ id: 'LOC-2', measurements: {} })]);
    const comparison = compare(of(2000), [without]);
    expect(figure(comparison).outcome).toBe('missing');
    expect(comparison.verdict).toBe('cannot-tell');
  });
});

describe('versions and images', () => {
  const plane = (version: string): Partial<TopologyRecord> => ({
    controlPlanes: [
      {
        id: 'cluster1/default',
        cluster: 'cluster1',
        namespace: 'istio-system',
        revision: 'default',
        version,
        installer: 'helm',
        tags: [],
      },
    ],
    images: [
      {
        cluster: 'cluster1',
        image: `istio/pilot:${version}`,
        id: digest(version === '1.31.0' ? 'a' : 'b'),
        containers: 1,
      },
    ],
  });

  test('are told with their digests, and never judged', () => {
    const comparison = compare([record([passed], plane('1.30.4'))], [record([passed], plane('1.31.0'))]);
    expect(comparison.verdict).toBe('nothing-worse');
    expect(comparison.differences).toEqual([
      {
        topology: 'one',
        what: 'Istio of cluster1/default',
        before: ['1.30.4 by helm, revision default in istio-system'],
        after: ['1.31.0 by helm, revision default in istio-system'],
        confounds: false,
      },
      {
        topology: 'one',
        what: 'image istio/pilot',
        before: [`istio/pilot:1.30.4 is ${digest('b')}`],
        after: [`istio/pilot:1.31.0 is ${digest('a')}`],
        confounds: false,
      },
    ]);
    expect(comparisonText(comparison)).toContain(`before  istio/pilot:1.30.4 is sha256:${'b'.repeat(12)}\n`);
  });

  test('two images of one name are marked', () => {
    const moved = { images: [{ cluster: 'cluster1', image: 'istio/pilot:1.31.0', id: digest('c'), containers: 1 }] };
    const [image] = compare([record([passed])], [record([passed], moved)]).differences;
    expect(image!.note).toBe('the same name, but a different image');
  });

  test('that are not recorded are told: nobody can sign for them', () => {
    const { notes } = compare([record([passed])], [record([passed], { images: undefined })]);
    expect(notes).toEqual([expect.stringMatching(/^the running images are not recorded, so they are unverified/)]);
  });
});

test('behaviours of one topology with one reason are one line of the text', () => {
  const more = ['LB-2', 'LB-3'].map((id) => sampleBehaviour({ id }));
  const text = comparisonText(compare([record([passed, ...more])], [record([passed])]));
  expect(text).toContain('  not-known         one: LB-2, LB-3\n');
});

test.each([
  ['comparison', comparisonSchema, 'what `meshproof compare --output json` prints'],
  ['gate', gateSchema, 'rules of `meshproof gate`'],
])('schema/%s.schema.json is current (UPDATE=1 rewrites it)', async (name, schema, title) => {
  const file = new URL(`../schema/${name}.schema.json`, import.meta.url);
  const made = { ...z.toJSONSchema(schema, { io: 'input' }), title: `meshproof: ${title}` };
  if (process.env['UPDATE'] === '1') await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(made);
});
