import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeMesh } from './harness/mesh.js';

const topology = `description: two clusters
clusters:
  - name: c1
    network: n1
  - name: c2
    network: n2
`;
const sha256 = createHash('sha256').update(topology).digest('hex');

let harness: Harness;
let mesh: FakeMesh;
const file = (): string => path.join(harness.folder('work'), 't.yaml');
beforeAll(async () => {
  harness = await Harness.start();
  mesh = await harness.mesh(topology);
});
afterAll(() => harness.close());

test('a plan knows its file by an absolute path, and the text that was read by its hash', () => {
  expect(mesh.plan).toMatchObject({ topologyFile: file(), topologySha256: sha256 });
});

test('a file that was edited since is not taken for the one that was proven', async () => {
  appendFileSync(file(), '# another text\n');
  expect(await harness.run('test', mesh.runId, '--only', 'LB-1')).toMatchObject({ code: 0 });
  expect(harness.record().topologies).toMatchObject([{ file: 't.yaml', fileSha256: sha256, verdict: 'passed' }]);
});

test('from another folder, and when the file is gone, the report is complete', async () => {
  const elsewhere = path.join(harness.folder('work'), 'sub');
  mkdirSync(elsewhere);
  rmSync(file());
  const { code, stderr } = await harness.start(['test', mesh.runId, '--only', 'LB-1'], { cwd: elsewhere }).ended;
  expect([code, stderr.includes('ENOENT')]).toEqual([0, false]);
  const [, name] = /report in (reports\/\S+)/.exec(stderr)!;
  const record = JSON.parse(readFileSync(path.join(elsewhere, name!, 'result.json'), 'utf8')) as unknown;
  expect(record).toMatchObject({ topologies: [{ file: '../t.yaml', fileSha256: sha256, verdict: 'passed' }] });
});

test('of a mesh that an older meshproof made the hash is not known, which is said', async () => {
  const { topologySha256: _, ...plan } = mesh.plan as Record<string, unknown>;
  mesh.write({ plan: { ...plan, topologyFile: 't.yaml' } });
  const { code, stderr } = await harness.run('test', mesh.runId, '--only', 'LB-1');
  expect(code).toBe(0);
  expect(stderr).toContain('an older meshproof built this mesh, so the report does not include the text of t.yaml');
  const [record] = harness.record().topologies;
  expect(record).toMatchObject({ file: 't.yaml', verdict: 'passed' });
  expect(record).not.toHaveProperty('fileSha256');
});

test('of more problems than a person reads the rest is counted', async () => {
  harness.file('many.yaml', '- @\n'.repeat(60));
  const { code, stderr } = await harness.run('plan', 'many.yaml');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^meshproof: many\.yaml:1:/)]);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^and \d+ more problems$/);
});
