import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastFailed, lastRuns } from '../src/record/last-runs.js';
import { writeRecord } from '../src/record/result-files.js';
import type { Behaviour } from '../src/record/result.js';
import { sampleBehaviour, sampleRecord, sampleTopology } from './helpers/record.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'meshproof-history-'));
});
afterEach(() => rm(root, { recursive: true }));

/** A report of `age` minutes with one topology for each list of behaviours. */
async function report(id: string, age: number, ...topologies: Partial<Behaviour>[][]): Promise<void> {
  const dir = join(root, id);
  await mkdir(dir);
  const record = sampleRecord(
    topologies.map((behaviours) => sampleTopology({ behaviours: behaviours.map((one) => sampleBehaviour(one)) })),
  );
  await writeRecord(dir, { ...record, run: { ...record.run, id } });
  const time = Date.now() / 1000 - age * 60;
  await utimes(join(dir, 'result.json'), time, time);
}

test('without reports nothing is known', async () => {
  expect(await lastFailed(join(root, 'none'))).toEqual([]);
  expect(await lastRuns(root, ['LB-1'])).toEqual(new Map());
});

test('what failed last is what the newest report says, of all its topologies', async () => {
  await report(
    'b-newest',
    1,
    [{ id: 'LB-1', verdict: 'failed' }, { id: 'LB-2' }],
    [{ id: 'LB-3', verdict: 'undetermined' }],
  );
  await report('c-older', 5, [{ id: 'LB-2', verdict: 'failed' }]);
  expect(await lastFailed(root)).toEqual(['LB-1', 'LB-3']);
});

test('how long it took is of the newest report that tried it', async () => {
  await report('newest', 1, [
    { id: 'LB-1', durationMs: 10 },
    { id: 'LB-2', verdict: 'not-applicable', durationMs: 1 },
  ]);
  await report(
    'older',
    5,
    [{ id: 'LB-1', durationMs: 20 }],
    [{ id: 'LB-2', durationMs: 30 }],
    [{ id: 'LB-2', durationMs: 40 }],
  );
  await mkdir(join(root, 'broken'));
  await writeFile(join(root, 'broken', 'result.json'), '{');
  expect(await lastRuns(root, ['LB-1', 'LB-2', 'LB-3'])).toEqual(
    new Map([
      ['LB-1', { durationMs: 10, verdict: 'passed', runId: 'newest' }],
      ['LB-2', { durationMs: 40, verdict: 'passed', runId: 'older' }],
    ]),
  );
});
