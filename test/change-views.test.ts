import { describe, expect, test } from 'vitest';
import { changeLines } from '../src/record/change-lines.js';
import { changeRecordSchema, outcomeOf, type ChangeRecord } from '../src/record/change-record.js';
import { exitCodeOf, verdictOf } from '../src/record/result.js';
import { changePicture } from '../src/record/page/pictures/change-picture.js';
import { changesSection } from '../src/record/page/sections/changes-section.js';
import { junit } from '../src/record/views/junit-view.js';
import { summarize } from '../src/record/views/summary-view.js';
import { sampleChange, samplePath } from './helpers/change.js';
import { sampleRecord, sampleTopology } from './helpers/record.js';

const disrupted = sampleChange({ verdict: 'disrupted', reasons: ['a > b, new: 0.8 s of gap, 0.4 s allowed'] });

/** The section of a topology with this change, as markup. */
const shown = (change: ChangeRecord): string => {
  const topology = sampleTopology({ changes: [change] });
  return String(changesSection.show(topology, { record: sampleRecord([topology]), links: [] }));
};

test('the sample is a valid record', () => {
  expect(changeRecordSchema.parse(JSON.parse(JSON.stringify(disrupted)))).toEqual(disrupted);
});

describe('the outcome of a change', () => {
  const failedAct = (exitCode: number): ChangeRecord['acts'] => [
    { id: 'command', title: 't', outcome: 'failed', exitCode, marks: [] },
  ];

  test.each([
    ['within-budget', [], undefined, 'passed', 0],
    ['disrupted', [], undefined, 'failed', 1],
    ['broken', [], undefined, 'failed', 1],
    ['undetermined', [], undefined, 'undetermined', 4],
    ['within-budget', failedAct(1), undefined, 'failed', 1],
    ['within-budget', failedAct(4), undefined, 'undetermined', 4],
    ['within-budget', failedAct(1), { line: 'x', exitCode: 1, allowed: true }, 'passed', 0],
  ] as const)('%s, %j, %j: %s, exit code %i', (verdict, acts, command, outcome, exitCode) => {
    const change = sampleChange({ verdict, acts: [...acts], command });
    expect(outcomeOf(change)).toBe(outcome);
    const topologies = [{ behaviours: [], changes: [change] }];
    expect(verdictOf(topologies[0]!)).toBe(outcome);
    expect(exitCodeOf({ run: { interrupted: false }, topologies }, { strict: false })).toBe(exitCode);
  });
});

describe('a report', () => {
  const record = sampleRecord([sampleTopology({ changes: [disrupted] })]);

  test('tells gaps, their causes, calls and the shortest gap in its summary', () => {
    const text = summarize(record).replace(/\s+/g, ' ');
    expect(text).toContain('change guard: disrupted by the change');
    expect(text).toContain('at 8.0 s in act: 0.4 s to 0.8 s, refused 2, timeout 1 (UF), seen by a/a');
    expect(text).toContain('b: pod gateway-1 is gone (49 ms from its onset)');
    expect(text).toContain('a gap of 0.2 s is always detected, a stall of 1.2 s');
    expect(text).toContain('change guard disrupted by the change');
  });

  test('has a test case for every path and for the acts in JUnit', () => {
    const xml = junit(record);
    expect(xml).toContain('name="guard: a &gt; b, new"');
    expect(xml).toMatch(/<failure message="disrupted by the change: 0.8 s of gap/);
    expect(xml).toContain('name="guard: every act is done"');
  });

  test('shows a picture that is no script and takes nothing from elsewhere', () => {
    const svg = changePicture(disrupted);
    expect(svg).toContain('<title>0.4 s to 0.8 s from 8.0 s: refused 2, timeout 1 (UF), a/a</title>');
    expect(svg).toContain('<title>8.1 s: b: pod gateway-1 is gone</title>');
    expect(svg).toMatch(/text-anchor="middle">1<title>command: true<\/title>/);
    expect(svg).not.toMatch(/<script|href|url\(/);
    expect(shown(disrupted)).toContain(svg);
  });
});

test('what a person typed or a program said is never markup', () => {
  const nasty = sampleChange({ title: '<script>alert(1)</script>', paths: [samplePath({ id: '<b>' })] });
  expect(shown(nasty)).not.toMatch(/<script>|<b>\s*<\/text/);
  expect(changeLines(nasty)[0]).toContain('<script>');
});
