import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBehaviours } from '../src/record/result-files.js';
import type { Behaviour } from '../src/record/result.js';
import { sessionIn } from './helpers/session.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = "contentType: 'application/vnd.meshproof+json'";
const specs: Record<string, string> = {
  'LB-1': `test('passes', async ({}, info) => { await info.attach('measurement:calls cluster1', { ${json}, body: '{"v1":2}' }); });`,
  // the last one: a failure costs a new worker
  'LB-9': `test('fails', async ({}, info) => {
    await info.attach('failure', { ${json}, body: JSON.stringify({ cluster: 'cluster2', message: 'v2 is missing, token: abcdef.0123456789abcdef', expected: 'v1 and v2', got: '10 × v1' }) });
    await info.attach('call log', { contentType: 'text/plain', body: 'Authorization: Bearer secret-secret' });
    throw new Error('v2 is missing');
  });`,
  'LB-6': `test('does not apply', async ({}, info) => { info.annotations.push({ type: 'not-applicable', description: 'needs primary-remote' }); test.skip(); });`,
  'LB-7': `test('is skipped', () => { test.skip(true, 'asked for it'); });`,
};

let dir: string;
let behaviours: Map<string, Behaviour>;
let stdout: string;
let stderr: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshproof-reporter-'));
  await mkdir(join(dir, 'suites/load-balancing'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  for (const [id, body] of Object.entries(specs)) {
    await writeFile(
      join(dir, `suites/load-balancing/${id}.spec.ts`),
      `import { test } from '@playwright/test';\n${body}\n`,
    );
  }
  const reporter = JSON.stringify(join(root, 'src/engine/playwright/reporter.ts'));
  await writeFile(
    join(dir, 'playwright.config.ts'),
    `export default { testDir: 'suites', workers: 1, reporter: [[${reporter}]], projects: [{ name: 'two' }] };`,
  );
  const env = { ...sessionIn(dir), FORCE_COLOR: '0', NO_COLOR: '1' };
  const done = await execa('node', [join(root, 'node_modules/@playwright/test/cli.js'), 'test'], {
    cwd: dir,
    env,
    reject: false,
  });
  ({ stdout, stderr } = done);
  behaviours = new Map((await readBehaviours(join(dir, 'run'), 'two')).map((one) => [one.id, one]));
});
afterAll(() => rm(dir, { recursive: true }));

describe('Playwright to record', () => {
  test.each([
    ['LB-1', 'passed', undefined],
    ['LB-9', 'failed', undefined],
    ['LB-6', 'not-applicable', 'needs primary-remote'],
    ['LB-7', 'skipped', 'asked for it'],
  ])('%s is %s', (id, verdict, reason) => {
    expect(behaviours.get(id)).toMatchObject({ verdict, area: 'load-balancing', flaky: false });
    expect(behaviours.get(id)?.reason).toBe(reason);
  });

  test('what a spec says is in the record, redacted', async () => {
    expect(behaviours.get('LB-1')?.measurements).toEqual({ 'calls cluster1': { v1: 2 } });
    const { failures, attachments } = behaviours.get('LB-9')!;
    expect(failures).toEqual([
      {
        cluster: 'cluster2',
        message: 'v2 is missing, token: [redacted]',
        expected: 'v1 and v2',
        got: '10 × v1',
        replay: './meshproof test --only LB-9',
      },
    ]);
    expect(attachments).toEqual([
      { name: 'call log', contentType: 'text/plain', path: 'attachments/two/LB-9-0-0-call-log.txt' },
    ]);
    expect(await readFile(join(dir, 'run', attachments[0]!.path), 'utf8')).toBe('Authorization: [redacted]');
  });

  test('progress is on stderr, a line a test, with the whole failure', () => {
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^ {2}passed {2}LB-1 {2}passes {2}\(\d+ ms\)$/m);
    for (const part of [
      'cluster2: v2 is missing',
      'expected: v1 and v2',
      'got: 10 × v1',
      'replay: ./meshproof test --only LB-9',
    ]) {
      expect(stderr).toContain(`      ${part}`);
    }
    expect(stderr).not.toContain('0123456789abcdef');
  });
});
