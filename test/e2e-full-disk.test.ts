import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import { meshproof, startProgram, type Ended } from './harness/process.js';

let harness: Harness;
let runId: string;
/** A file system of its own, with room for the folder of a report and for nothing in it; only root can make one. */
let disk: string;
beforeAll(async () => {
  harness = await Harness.start();
  runId = (await harness.mesh()).runId;
  disk = path.join(harness.root, 'disk');
  mkdirSync(disk);
  if (!isRoot) return;
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12k', 'tmpfs', disk]);
  writeFileSync(path.join(disk, 'full'), Buffer.alloc(8192));
});
afterAll(async () => {
  if (isRoot) execFileSync('umount', [disk]);
  await harness.close();
});
const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot)('on a full disk', () => {
  test('what Playwright says cannot be kept: no stack trace, but the file, and what to do', async () => {
    const args = ['test', runId, '--only', 'LB-1', '--', '--reporter=list'];
    const { code, stderr } = await harness.start(args, { cwd: disk }).ended;
    expect(stderr).not.toMatch(/^\s+at |node:events/m);
    expect(stderr).toMatch(/reports\/\S+ cannot be written: no space left on the device \(ENOSPC\)\n +to do: free/);
    expect([code, harness.lease(runId).released]).toEqual([4, true]);
  });

  test('the verdicts are said, and the run is no success', async () => {
    const { code, stderr } = await harness.start(['test', runId, '--only', 'LB-1'], { cwd: disk }).ended;
    expect(stderr).not.toMatch(/^\s+at |node:fs/m);
    expect(stderr).toMatch(/undetermined {2}LB-1 .*\n.*spans\S* cannot be written: no space left/);
    expect(stderr).toMatch(/result\.json cannot be written: no space left on the device \(ENOSPC\)\n +to do: free/);
    expect([code, harness.lease(runId).released]).toEqual([4, true]);
  });
});

/** Runs `./meshproof` with its standard output on a device that takes nothing. */
const intoFull = (...args: string[]): Promise<Ended> =>
  startProgram('/bin/sh', ['-c', 'exec "$0" "$@" >/dev/full', meshproof, ...args], {
    cwd: harness.folder('work'),
    env: harness.env,
  }).ended;

test('output that cannot be written is no success', async () => {
  for (const args of [['plan', 'single', '--output', 'json'], ['--help'], ['status']]) {
    const { code, stderr } = await intoFull(...args);
    expect([args[0], code]).toEqual([args[0], 4]);
    expect(stderr).toContain('standard output cannot be written: no space left on the device (ENOSPC)');
  }
});

test('a command that fails anyway keeps its exit code', async () => {
  const { code, stderr } = await intoFull('plan', 'no-such-topology');
  expect([code, stderr.includes('no-such-topology')]).toEqual([2, true]);
});
