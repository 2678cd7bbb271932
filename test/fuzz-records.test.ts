import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lastFailed, lastRuns } from '../src/record/last-runs.js';
import { junit } from '../src/record/views/junit-view.js';
import { page } from '../src/record/views/page-view.js';
import { behavioursFile, readBehaviours, readRecord } from '../src/record/result-files.js';
import { summarize } from '../src/record/views/summary-view.js';
import { timingsSvg, timingsText } from '../src/record/views/timings-view.js';
import { drawing, mutateJson, mutateText, refusal } from './helpers/mutate.js';
import { everyState, notBuilt, sampleRecord } from './helpers/record.js';

const root = mkdtempSync(path.join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(root, { recursive: true }));

const records = [sampleRecord(), sampleRecord([everyState(), notBuilt()])];

test('500 damaged records are refused with their path, or give every report', async () => {
  const draw = drawing(9);
  const dir = path.join(root, 'reports/one');
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'result.json');
  let read = 0;
  for (let i = 0; i < 500; i++) {
    const record = records[i % 2]!;
    const text =
      i % 8 < 6 ? JSON.stringify(mutateJson(record, draw)) : mutateText(JSON.stringify(record, null, 1), draw);
    writeFileSync(file, text);
    const error = await refusal(async () => {
      const found = await readRecord(dir);
      for (const view of [summarize, junit, page, timingsSvg, timingsText])
        expect(typeof view(found), text).toBe('string');
    }, text);
    if (error) {
      expect(error.where, text).toBe(file);
      expect(error.message, text).toMatch(/^(is not|cannot be read)/);
    } else read++;
    // a history with a damaged record is a history without it
    await refusal(() => lastRuns(path.dirname(dir), ['LB-1', 'LB-2']), text);
    await refusal(() => lastFailed(path.dirname(dir)), text);
  }
  expect(read).toBeGreaterThan(50);
  expect(read).toBeLessThan(450);
});

test('300 damaged files of behaviours that were decided are refused with their path, or read', async () => {
  const draw = drawing(10);
  const { behaviours } = everyState();
  const file = behavioursFile(root, 'mesh');
  for (let i = 0; i < 300; i++) {
    const text = i % 2 ? JSON.stringify(mutateJson(behaviours, draw)) : mutateText(JSON.stringify(behaviours), draw);
    writeFileSync(file, text);
    const error = await refusal(() => readBehaviours(root, 'mesh'), text);
    if (error) expect(error.where, text).toBe(file);
  }
});
