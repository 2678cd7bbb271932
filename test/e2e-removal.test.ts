import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeMesh } from './harness/mesh.js';

const existing = `
description: One cluster that is there already.
provider: existing
clusters:
  - { name: one, context: one }
`;

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

describe('down with several runs', () => {
  test('removes those that it can and says what is wrong with the others', async () => {
    const [a, b] = [await harness.mesh('single'), await harness.mesh('single')];
    const { code, stdout, stderr } = await harness.run('down', a.runId, 'kaaaaaaaa2', 'kaaaaaaaa3', b.runId);
    expect([code, stdout]).toEqual([2, `${a.runId} removed\n${b.runId} removed\n`]);
    expect(stderr).toMatch(/no run has the id kaaaaaaaa2\n.*\n.*no run has the id kaaaaaaaa3/);
    expect([a, b].map(({ folder }) => existsSync(folder))).toEqual([false, false]);
  });

  test('prints one JSON document', async () => {
    const [a, b] = [await harness.mesh('single'), await harness.mesh('single')];
    const { code, stdout } = await harness.run('down', a.runId, b.runId, '--output', 'json');
    const none = { containers: [], networks: [] };
    expect([code, JSON.parse(stdout)]).toEqual([0, [a, b].map(({ runId }) => ({ runId, ...none }))]);
  });
});

test('a removal that fails does not hide why the run failed', async () => {
  const cluster = await harness.cluster('one');
  harness.file('config', JSON.stringify(cluster.kubeconfig()));
  let reads = 0;
  cluster.answer = ({ method, path: asked }) => {
    if (!asked.includes('/leases')) return undefined;
    if (method === 'POST') return { status: 409, body: { message: 'it exists' } };
    return reads++ === 0
      ? { status: 200, body: { metadata: { name: 'meshproof' }, spec: { holderIdentity: 'kaaaaaaaa2' } } }
      : { status: 500, body: { message: 'no lease is read' } };
  };
  const { istio } = await harness.plan(existing.replace('clusters:', 'kubeconfig: config\nclusters:'));
  harness.stubs.on('istioctl', () => `${istio.version}\n`);
  for (const command of ['up', 'run']) {
    reads = 0;
    const { code, stderr } = await harness.run(command, 't.yaml');
    const message = stderr.slice(stderr.search(/^meshproof: /m));
    expect(`${command} ${code} ${stderr}`).toMatch(/^\w+ 3 /);
    expect(message).toContain('the cluster is in use by run kaaaaaaaa2');
    expect(message).toContain('no lease is read');
  }
});

describe('a run whose state file is damaged', () => {
  const cases = [
    ['{"version":1}', 'runId: '],
    ['{"version":3}', 'it has version 3'],
    ['{"version":1,', 'it is not valid JSON'],
    ['null', 'the file: '],
  ] as const;

  async function damage(content: string): Promise<[FakeMesh, FakeMesh]> {
    const [broken, sound] = [await harness.mesh(existing), await harness.mesh('single')];
    for (const mesh of [broken, sound]) {
      const lease = { pid: 999_999_999, processStart: '0', host: 'gone', command: 'up', kept: true, released: true };
      writeFileSync(path.join(mesh.folder, 'lease.json'), JSON.stringify(lease));
    }
    writeFileSync(path.join(broken.folder, 'state.json'), content);
    return [broken, sound];
  }

  test('is named by status, with what is wrong', async () => {
    const [broken, sound] = await damage('');
    for (const [content, problem] of cases) {
      writeFileSync(path.join(broken.folder, 'state.json'), content);
      const { code, stdout } = await harness.run('status');
      expect(code).toBe(0);
      expect(stdout).toContain(`${broken.runId}  unknown topology  damaged`);
      expect(stdout).toContain(`state.json: ${problem}`);
      expect(stdout).toMatch(new RegExp(`${sound.runId} {2}single`));
    }
  });

  test('is refused by test and down, left alone by gc, and keeps no other', async () => {
    const [broken, sound] = await damage('{"version":1}');
    for (const command of ['test', 'down']) {
      const { code, stderr } = await harness.run(command, broken.runId);
      expect([command, code]).toEqual([command, 4]);
      expect(stderr).toContain(`the state of run ${broken.runId} is damaged: runId: `);
    }
    const gc = await harness.run('gc', '--all');
    expect([gc.code, gc.stdout]).toEqual([0, `removed run ${sound.runId}: state only\n`]);
    expect(gc.stderr).toContain(`the state of run ${broken.runId} is damaged: runId: `);
    expect([broken, sound].map(({ folder }) => existsSync(folder))).toEqual([true, false]);
  });

  test('is removed where its clusters are known by Docker', async () => {
    const [broken] = await damage('{"version":1}');
    harness.docker.containers = [
      {
        name: `meshproof-${broken.runId}-one-control-plane`,
        labels: { 'io.x-k8s.kind.cluster': `meshproof-${broken.runId}-one`, 'dev.meshproof.node-image': '4' },
      },
    ];
    expect(await harness.run('down', broken.runId)).toMatchObject({ code: 0 });
    expect(harness.docker.containers).toEqual([]);
    expect(existsSync(broken.folder)).toBe(false);
  });

  test('is named without Docker too, and keeps no other', async () => {
    const [broken, sound] = await damage('{"version":1}');
    const state = path.join(sound.folder, 'state.json');
    const { plan, ...rest } = JSON.parse(readFileSync(state, 'utf8')) as { plan: object };
    writeFileSync(state, JSON.stringify({ ...rest, plan: { ...plan, provider: 'existing' }, clusters: [] }));
    harness.docker.up = false;
    const down = await harness.run('down', broken.runId);
    expect([down.code, down.stderr]).toEqual([4, expect.stringContaining(`run ${broken.runId} is damaged: runId: `)]);
    const gc = await harness.run('gc', '--all');
    expect([gc.code, gc.stdout]).toEqual([0, `removed run ${sound.runId}: state only\n`]);
    expect(gc.stderr).toContain(`the state of run ${broken.runId} is damaged: runId: `);
    expect([broken, sound].map(({ folder }) => existsSync(folder))).toEqual([true, false]);
  });
});

test('a folder of unfinished reports that cannot be read keeps no run', async () => {
  const mesh = await harness.mesh('single');
  const lease = { pid: 999_999_999, processStart: '0', host: 'gone', command: 'up', kept: true, released: true };
  writeFileSync(path.join(mesh.folder, 'lease.json'), JSON.stringify(lease));
  // a file, because root may read any folder
  harness.file('.partial-reports', '');
  for (const flags of [['--dry-run'], []]) {
    const { code, stdout, stderr } = await harness.run('gc', '--all', ...flags);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`run ${mesh.runId}: state only`)]);
    expect(stderr).toMatch(
      /cannot check unfinished reports, so they stay: \S+\.partial-reports: cannot read the folder: /,
    );
  }
  expect(existsSync(mesh.folder)).toBe(false);
});
