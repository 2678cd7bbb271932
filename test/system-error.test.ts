import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asError } from '../src/kernel/as-error.js';
import { exitCode } from '../src/kernel/errors.js';
import { Harness } from './harness/harness.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'meshproof-system-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything that a user reads of what `work` throws. */
async function told(work: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => expect.fail('it succeeded'),
      (thrown: unknown) => thrown,
    );
  return asError(error, exitCode.environment).describe().replaceAll(folder, '');
}

test('an error of the file system says what was tried, where, why it failed, and what to do', async () => {
  const file = path.join(folder, 'reports');
  writeFileSync(file, '');
  expect(await told(() => mkdirSync(file))).toBe(
    '/reports: cannot create the folder: a file with this name exists\n  to do: move it away, then try again',
  );
  expect(await told(() => mkdirSync(path.join(file, 'x')))).toContain('/reports/x: cannot create the folder: part');
  expect(await told(() => writeFileSync(folder, ''))).toContain('cannot open the file: it is a folder, not a file');
  expect(await told(() => mkdtemp(path.join(folder, 'no', 'x')))).toContain(
    'cannot create a folder next to it: the file or folder does not exist',
  );
  const full = await open('/dev/full', 'w');
  expect(await told(() => full.writeFile('x'))).toMatch(
    /^cannot write a file: no space left on the device\n {2}to do: free some space/,
  );
  await full.close();
});

test('a working directory that is gone is called that', async () => {
  const gone = Object.assign(new Error('ENOENT: uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' });
  expect(await told(() => Promise.reject(gone))).toBe(
    'the working directory no longer exists\n  to do: change to an existing folder, then try again',
  );
});

test('what is no error of the file system stays as it is', async () => {
  expect(await told(() => Promise.reject(new Error('something else')))).toBe('something else');
  const spawn = Object.assign(new Error('spawn x ENOENT'), { code: 'ENOENT', syscall: 'spawn x' });
  expect(await told(() => Promise.reject(spawn))).toBe('spawn x ENOENT');
});

test('commands say it: reports/ that is a file, an archive that cannot be made', async () => {
  const harness = await Harness.start();
  const { runId } = await harness.mesh('single');
  const work = harness.folder('work');
  mkdirSync(path.join(work, 'sub'));
  harness.file('reports', '');
  expect((await harness.run('test', runId, '--only', 'LB-1')).stderr).toContain(
    `${work}/reports: cannot create a report: a file with this name exists`,
  );
  for (const [target, words] of [
    ['sub', `${work}/sub: this is a folder`],
    ['none/all.tar', `${work}/none: the folder does not exist`],
  ] as const) {
    const { code, stderr } = await harness.run('images', 'save', target, 'single');
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  }
  expect(harness.stubs.said('docker').filter((call) => /pull|save/.test(call))).toEqual([]);
  await harness.close();
});
