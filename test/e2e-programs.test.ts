import path from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

const stub = (name: string): string => path.join(harness.root, 'bin', name);

test('status needs no kubectl', async () => {
  const { runId } = await harness.mesh('single');
  rmSync(stub('kubectl'));
  const { code, stdout } = await harness.run('status', runId);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/cluster1 {2}ready /)]);
  harness.clusters[0]!.answer = ({ path: asked }) => (asked === '/readyz' ? { status: 500, body: 'no' } : undefined);
  expect((await harness.run('status', runId)).stdout).toContain('cluster1  answers HTTP 500 to /readyz');
  await harness.clusters[0]!.stop();
  expect((await harness.run('status', runId)).stdout).toContain('cluster1  does not answer');
});

test('down on existing clusters needs no kubectl', async () => {
  const mesh = await harness.mesh(
    'description: One.\nprovider: existing\nclusters:\n  - { name: one, context: one }\n',
  );
  rmSync(stub('kubectl'));
  expect(await harness.run('down', mesh.runId)).toMatchObject({ code: 0, stdout: `${mesh.runId} removed\n` });
});

test('every command uses the docker that MESHPROOF_DOCKER names', async () => {
  rmSync(stub('docker'));
  harness.env['MESHPROOF_DOCKER'] = harness.stubs.add('docker', path.join(harness.root, 'mine', 'docker'));
  for (const args of [
    ['plan', 'single'],
    ['gc', '--dry-run'],
    ['down', 'kaaaaaaaa2'],
    ['images', 'list', 'single'],
  ]) {
    const before = harness.stubs.said('docker').length;
    await harness.run(...args);
    expect([args, harness.stubs.said('docker').length > before]).toEqual([args, true]);
  }
});

test('a docker or kubectl that is named and cannot be used ends every command, before anything else is asked', async () => {
  mkdirSync(path.join(harness.root, 'mine'));
  for (const name of ['DOCKER', 'KUBECTL']) {
    const file = path.join(harness.root, 'mine', name.toLowerCase());
    const child = harness.start(['gc', '--all'], { env: { [`MESHPROOF_${name}`]: file } });
    const { code, stderr } = await child.ended;
    expect(code).toBe(3);
    expect(stderr).toContain(`MESHPROOF_${name} points to ${file}, which is not an executable file`);
  }
  expect(harness.stubs.calls).toEqual([]);
});
