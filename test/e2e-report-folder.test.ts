import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import { filesOf } from './harness/leaks.js';
import type { FakeMesh } from './harness/mesh.js';
import { meshproof, startProgram, type Ended } from './harness/process.js';

const token = 'abcdef-bearer-of-the-answer-0123';

let harness: Harness;
let mesh: FakeMesh;
/** Whether evidence is taken for as long as it may be. */
let slow: boolean;
beforeAll(async () => {
  harness = await Harness.start();
  mesh = await harness.mesh();
  harness.stubs.on('kubectl', ({ args }) => (slow && args.includes('logs') ? { hang: true } : undefined));
});
afterAll(() => harness.close());
beforeEach(() => {
  slow = false;
  wrong();
});

/** Versions are seen at first; then every answer holds a token. */
function wrong(): void {
  harness.traffic.http = ({ index, count }) =>
    count === 10 ? { version: `v${(index % 2) + 1}` } : { code: 500, body: `Authorization: Bearer ${token}` };
}

function right(): void {
  harness.traffic.http = ({ index }) => ({ version: `v${(index % 2) + 1}` });
}

const work = (...parts: string[]): string => path.join(harness.folder('work'), ...parts);
const behaviours = (): string[] => ['test', mesh.runId, '--only', 'LB-1'];

/** Runs meshproof where these folders of the working directory are file systems of their own; then prints every file. */
function withFileSystems(folders: Record<string, string>): Promise<Ended> {
  const mounts = Object.entries(folders).map(
    ([folder, size]) => `/bin/mkdir -p ${folder} && /bin/mount -t tmpfs -o size=${size} tmpfs ${folder}`,
  );
  const script = [...mounts, 'cd "$PWD"', 'set +e', '"$@"', 'code=$?', '/usr/bin/find . -type f', 'exit $code'];
  const args = ['-rm', '/bin/sh', '-ec', script.join('\n'), 'sh', meshproof, ...behaviours()];
  return startProgram('/usr/bin/unshare', args, { cwd: harness.folder('work'), env: harness.env }).ended;
}

/** Files below a folder that `withFileSystems` has printed. */
function printed({ stdout }: Ended, folder: string): string[] {
  return stdout.split('\n').filter((line) => line.startsWith(`./${folder}`));
}

test('kill -9 leaves nothing in reports/, and the next run removes the rest', async () => {
  slow = true;
  const killed = harness.start(behaviours());
  await killed.says('start  evidence');
  killed.kill('SIGKILL', { group: true });
  await killed.ended;
  expect(readdirSync(work('reports'))).toEqual([]);
  // it has been there: without a private folder this would be the leak
  expect(statSync(work('.partial-reports')).mode & 0o777).toBe(0o700);
  const left = filesOf(work('.partial-reports'));
  expect(left.length).toBeGreaterThan(3);
  const garbage = await harness.run('gc', '--dry-run');
  expect(garbage.stdout).toMatch(new RegExp(`^would remove unfinished report ${mesh.runId}-\\d{8}T\\d{6}$`, 'm'));

  // reports/ on a file system of its own takes a report as well
  slow = false;
  right();
  const next = await withFileSystems({ reports: '32m' });
  expect(`${next.code} ${next.stderr}`).toMatch(/^0 /);
  expect(printed(next, 'reports/').join('\n')).toContain('/result.json');
  expect(printed(next, '.partial')).toEqual([]);
  expect(existsSync(work('.partial-reports'))).toBe(false);
});

test('a second Ctrl-C leaves nothing of a report', async () => {
  slow = true;
  const stopped = harness.start(behaviours());
  await stopped.says('start  evidence');
  stopped.kill('SIGINT');
  await stopped.says('interrupted: cleaning up');
  stopped.kill('SIGINT');
  const { code } = await stopped.ended;
  expect(code).toBe(130);
  expect(readdirSync(work('reports'))).toEqual([]);
  expect(existsSync(work('.partial-reports'))).toBe(false);
});

test('a full disk leaves nothing of a report, and is told with path and remedy', async () => {
  const full = await withFileSystems({ '.': '512k' });
  // the mesh was found wrong, which a report that cannot be written does not change
  expect(full.code).toBe(1);
  expect(full.stderr).toMatch(
    /cannot be written: no space left on the device \(ENOSPC\)\n +to do: free some space there/,
  );
  expect(printed(full, '')).toEqual([]);
});

test('a report with a secret is not where CI uploads from, wherever refused/ is', async () => {
  right();
  // the words of a page that meshproof writes: nothing redacts them
  mesh.clusters[0]!.put('/api/v1/namespaces/sample/secrets', {
    metadata: { name: 'policy' },
    type: 'Opaque',
    data: { token: Buffer.from('Content-Security-Policy').toString('base64') },
  });
  const refused = await withFileSystems({ reports: '32m', refused: '32m' });
  expect(`${refused.code} ${refused.stderr}`).toMatch(/^6 /);
  expect(refused.stderr).toContain('known secret (Secret cluster1/sample/policy, token) in index.html');
  expect(printed(refused, 'reports/')).toEqual([]);
  expect(printed(refused, '.partial')).toEqual([]);
  expect(printed(refused, 'refused/').join('\n')).toContain('/index.html');
  mesh.clusters[0]!.remove('/api/v1/namespaces/sample/secrets/policy');
});

test('a report says when the Secrets of a cluster cannot be read', async () => {
  right();
  const [, second] = mesh.clusters;
  second!.answer = ({ path }) =>
    path === '/api/v1/secrets'
      ? { status: 403, body: { message: 'secrets is forbidden: User "ci" cannot list resource "secrets"' } }
      : undefined;
  const { code, stdout } = await harness.run(...behaviours());
  second!.answer = () => undefined;
  expect(code).toBe(0);
  const note = 'the Secrets of cluster2 could not be read outside of istio-system and sample';
  expect(stdout.replace(/\s+/g, ' ')).toContain(`note: ${note}`);
  const report = work('reports', harness.reports().at(-1)!);
  expect(readFileSync(path.join(report, 'index.html'), 'utf8')).toContain(note);
  expect(readFileSync(path.join(report, 'result.json'), 'utf8')).toContain(note);
});
