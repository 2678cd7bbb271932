import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findReport, listReports } from '../src/engine/reports.js';
import { removeOldReports } from '../src/engine/retention.js';
import { sampleBehaviour, sampleRecord, sampleTopology } from './helpers/record.js';

let base: string;
let root: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'meshproof-reports-'));
  root = path.join(base, 'reports');
  mkdirSync(root);
});
afterEach(() => rmSync(base, { recursive: true }));

/** A report of a run that started so many days ago. */
function report(id: string, age: number, verdict: 'passed' | 'failed' = 'passed', folder = id): void {
  const startedAt = new Date(Date.now() - age * 24 * 3_600_000).toISOString();
  const record = sampleRecord([sampleTopology({ behaviours: [sampleBehaviour({ verdict })] })], { id, startedAt });
  put(folder, 'result.json', JSON.stringify(record));
}

function put(folder: string, file: string, text: string): void {
  mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, folder, file), text);
}

test('reports are listed with their verdicts, the newest first; of faults too, and what cannot be read', () => {
  report('aaaaaaaaaa', 3);
  report('bbbbbbbbbb', 1, 'failed');
  const run = { id: 'cccccccccc-1', startedAt: new Date(Date.now() - 2 * 24 * 3_600_000).toISOString() };
  const fault = { id: 'dns-down', title: 'x', verdict: 'wrong', noticed: true, named: false };
  const times = { durationMs: 1, breakMs: 1, noticeMs: 1, mendMs: 1, greenMs: 1 };
  const faults = [{ ...fault, ...times, findings: [], missed: [], falseAlarms: [], broken: [], mended: [] }];
  const environment = { name: 'lab', kubernetes: '1.34.4', istio: '1.31.0' };
  const more = { finishedAt: run.startedAt, command: ['meshproof', 'prove'], exitCode: 1, interrupted: false };
  const record = { schemaVersion: 1, run: { ...run, ...more }, topology: 'flat', environment, faults };
  put('cccccccccc-1', 'faults.json', JSON.stringify(record));
  put('dddddddddd', 'result.json', '{"schemaVersion": 7}');
  put('mine', 'notes.txt', 'no report');
  writeFileSync(path.join(root, 'file'), '');
  symlinkSync(path.join(root, 'aaaaaaaaaa'), path.join(root, 'link'));
  expect(listReports(root).map(({ id, kind, verdict, sentence }) => [id, kind, verdict, sentence])).toEqual([
    ['dddddddddd', 'unreadable', 'unreadable', 'its record has another version, or is damaged'],
    ['bbbbbbbbbb', 'behaviours', 'failed', expect.stringContaining('LB-1 is failed')],
    ['cccccccccc-1', 'faults', 'failed', '0 of 1 faults as declared, not dns-down'],
    ['aaaaaaaaaa', 'behaviours', 'passed', '1 behaviour holds on multi-network-multi-primary.'],
  ]);
  expect(listReports(path.join(base, 'none'))).toEqual([]);
});

test('a report is found by its name, by the beginning of one, or as the newest', () => {
  expect(() => findReport(root, undefined)).toThrow('no report exists');
  report('aaaaaaaaaa', 3);
  report('aaaaaaaaaa-20261130T000000', 1);
  expect(findReport(root, undefined).id).toBe('aaaaaaaaaa-20261130T000000');
  expect(findReport(root, 'aaaaaaaaaa').id).toBe('aaaaaaaaaa');
  expect(findReport(root, 'aaaaaaaaaa-2026').id).toBe('aaaaaaaaaa-20261130T000000');
  expect(() => findReport(root, 'b')).toThrow('no report is called b');
});

test('old reports go; what was renamed, cannot be read, or is no report stays', async () => {
  report('aaaaaaaaaa', 50);
  report('bbbbbbbbbb', 40);
  report('cccccccccc', 10);
  report('dddddddddd', 45, 'passed', 'before-the-upgrade');
  put('eeeeeeeeee', 'result.json', '{');
  put('mine', 'notes.txt', 'no report');
  const days = 24 * 3_600_000;
  const olderThan = 30 * days;
  const dry = await removeOldReports(root, { olderThan }, { dryRun: true });
  expect(dry.removed.map(({ id }) => id)).toEqual(['bbbbbbbbbb', 'aaaaaaaaaa']);
  expect(dry.left.map(({ id }) => id)).toEqual(['before-the-upgrade']);
  expect(readdirSync(root)).toHaveLength(6);
  // the newest three are eeeeeeeeee, cccccccccc and bbbbbbbbbb
  const both = await removeOldReports(root, { olderThan, keep: 3 });
  expect(both.removed.map(({ id }) => id)).toEqual(['aaaaaaaaaa']);
  await removeOldReports(root, { keep: 0 });
  expect(readdirSync(root).sort()).toEqual(['before-the-upgrade', 'eeeeeeeeee', 'mine']);
  expect(existsSync(path.join(base, '.partial-reports'))).toBe(false);
});
