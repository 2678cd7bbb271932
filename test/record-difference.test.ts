import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withDifferences } from '../src/record/difference.js';
import { recordFile, writeRecord } from '../src/record/result-files.js';
import type { RunRecord, Verdict } from '../src/record/result.js';
import { sampleBehaviour, sampleFinding, sampleRecord, sampleTopology } from './helpers/record.js';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'meshproof-difference-'))));
afterEach(() => rm(root, { recursive: true }));

/** A run with behaviours `LB-1`, `LB-2` ... of these verdicts. */
function run(id: string, verdicts: Verdict[], more: Parameters<typeof sampleTopology>[0] = {}): RunRecord {
  const behaviours = verdicts.map((verdict, i) => sampleBehaviour({ id: `LB-${i + 1}`, verdict }));
  return sampleRecord([sampleTopology({ behaviours, ...more })], { id });
}

/** Puts it below the root, so many hours old. */
async function published(record: RunRecord, age: number): Promise<void> {
  const dir = join(root, record.run.id);
  await mkdir(dir);
  await writeRecord(dir, record);
  const time = new Date(Date.now() - age * 3_600_000);
  await utimes(join(dir, recordFile), time, time);
}

test('a topology says what has changed since the newest run of it in the same environment', async () => {
  await published(run('older', ['failed', 'failed', 'failed']), 3);
  await published(run('newest', ['passed', 'failed', 'skipped']), 2);
  const elsewhere = run('elsewhere', ['failed', 'failed', 'failed']);
  await published({ ...elsewhere, environment: { ...elsewhere.environment, name: 'public' } }, 1);
  await published(run('other', ['failed'], { name: 'single' }), 0);
  const findings = [{ ...sampleFinding(), behaviours: ['LB-1'] }];
  const now = await withDifferences(run('now', ['failed', 'failed', 'passed'], { findings }), root);
  expect(now.topologies[0]!.difference).toEqual({
    run: 'newest',
    startedAt: '2026-11-21T09:00:00.000Z',
    compared: 2,
    changes: [{ behaviour: 'LB-1', before: 'passed', now: 'failed' }],
    newCauses: ['F-REMOTE-SECRET-MISSING in cluster1'],
    goneCauses: [],
    versions: [],
  });
});

test('versions that differ are named; where nothing was decided in both there is no difference', async () => {
  await published(run('before', ['passed'], { fileSha256: '1'.repeat(64) }), 1);
  const now = run('now', ['passed']);
  const newer = { ...now, environment: { ...now.environment, istio: '1.32.0' } };
  expect((await withDifferences(newer, root)).topologies[0]!.difference?.versions).toEqual([
    { of: 'Istio', before: '1.31.0', now: '1.32.0' },
    { of: 'the topology file', before: '111111111111', now: '000000000000' },
  ]);
  expect((await withDifferences(run('now', ['skipped']), root)).topologies[0]!.difference).toBeUndefined();
  expect((await withDifferences(run('now', []), join(root, 'none'))).topologies[0]!.difference).toBeUndefined();
});
