import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRun, hasLivingOwner, isLive, runFolder, takeLease, type Lease } from '../src/clusters/runs.js';

const runId = 'kaaaaaaaa1';

beforeEach(() => {
  process.env['MESHPROOF_STATE_DIR'] = mkdtempSync(path.join(tmpdir(), 'meshproof-runs-'));
});
afterEach(() => {
  rmSync(process.env['MESHPROOF_STATE_DIR']!, { recursive: true });
  delete process.env['MESHPROOF_STATE_DIR'];
});

/** Gives the lease to another process. */
function owner(change: Partial<Lease>): void {
  const file = path.join(runFolder(runId), 'lease.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as Lease), ...change }));
}

test('a run that another process works on cannot be taken, kept or not', async () => {
  createRun(runId);
  const other = execa('sleep', ['60'], { reject: false });
  const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8');
  const processStart = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  for (const kept of [false, true]) {
    owner({ pid: other.pid!, processStart, kept, command: 'test' });
    expect(() => takeLease(runId)).toThrow(`run ${runId} is in use by process ${other.pid} (meshproof test)`);
  }
  other.kill('SIGKILL');
  await other;
  expect(() => takeLease(runId)).not.toThrow();
});

test('a process id that another program has now is not the owner', () => {
  createRun(runId);
  owner({ pid: 1, processStart: 'earlier' });
  expect(hasLivingOwner(runId)).toBe(false);
});

test('a kept run outlives whoever is killed while testing it; one that is being removed does not', () => {
  createRun(runId);
  takeLease(runId, true);
  owner({ processStart: 'earlier' });
  expect(isLive(runId)).toBe(true);
  takeLease(runId);
  owner({ processStart: 'earlier' });
  expect(isLive(runId)).toBe(false);
});
