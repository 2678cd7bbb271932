import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import { filesOf, leaksIn } from './harness/leaks.js';
import type { FakeMesh } from './harness/mesh.js';
import { plant } from './harness/planted.js';
import { zip } from './helpers/zip.js';

const { all, secrets, users, values } = plant(200, 'meshproof 6');
const everything = all.map(({ text }) => text).join('\n');

const topology = `
description: A mesh whose settings hold tokens.
istio:
  values: ${JSON.stringify(values)}
clusters:
  - { name: one, network: network1, helloworld: [v1] }
  - { name: two, network: network2, helloworld: [v2] }
`;

let harness: Harness;
let mesh: FakeMesh;
beforeAll(async () => {
  harness = await Harness.start();
  mesh = await harness.mesh(topology);
  const istio = { ...mesh.plan.istio, values };
  mesh.write({ plan: { ...mesh.plan, istio } });
  for (const [i, secret] of secrets.entries())
    mesh.clusters[i % 2]!.put(`/api/v1/namespaces/${secret.namespace}/secrets`, {
      metadata: { name: secret.name },
      type: secret.type,
      data: secret.data,
    });
  const kubeconfig = path.join(mesh.folder, 'kubeconfigs/one.yaml');
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { users: unknown[] };
  writeFileSync(kubeconfig, JSON.stringify({ ...config, users: [...config.users, ...users] }));
  mkdirSync(path.join(mesh.folder, 'manifests'));
  writeFileSync(
    path.join(mesh.folder, 'manifests/one-istio-base.yaml'),
    `spec:\n  values: ${JSON.stringify(values)}\n`,
  );
  // what evidence is taken from: lists as people read them, descriptions, logs, and what proxies and istiod tell
  harness.stubs.on('kubectl', ({ args }) => {
    const text = args.join(' ');
    // one cluster is enough
    if (text.includes('kubeconfigs/two.yaml')) return undefined;
    if (/ (?:logs|describe) /.test(text)) return everything;
    return / get .*(?:-o wide|-o yaml|--sort-by|--show-labels|go-template|jsonpath)/.test(text)
      ? everything
      : undefined;
  });
  harness.stubs.on('istioctl', ({ args }) =>
    /one\.yaml (?:proxy-config|proxy-status|remote-clusters)/.test(args.join(' ')) ? everything : undefined,
  );
});
afterAll(() => harness.close());

test('200 planted secrets: none is in any file of a report, nor in what is printed', async () => {
  expect(all).toHaveLength(200);
  // helloworld answers until every version was seen; then each answer holds two secrets
  let wrong = 0;
  harness.traffic.http = ({ index, count }) => {
    if (count <= 10) return { version: `v${(index % 2) + 1}` };
    const two = [all[wrong++ % 200], all[wrong++ % 200]];
    return { code: 500, body: two.map((one) => one!.text).join('\n') };
  };
  const { code, stdout, stderr } = await harness.run('test', mesh.runId, '--only', 'LB-1');
  expect(`${code} ${stderr}`).toMatch(/^1 /);
  expect(wrong).toBeGreaterThanOrEqual(200);
  const report = path.join(harness.folder('work'), 'reports', harness.reports()[0]!);
  const files = filesOf(report);
  expect(await leaksIn(all, files, [stdout, stderr])).toEqual([]);
  // all of it was there to be found
  const names = files.map((file) => path.relative(report, file));
  expect(names).toEqual(
    expect.arrayContaining([
      'allure.html',
      'bundle.tar.gz',
      'conformance.yaml',
      'result.json',
      'manifests/t/one-istio-base.yaml',
      'playwright/t/report/index.html',
      ...['logs-istiod', 'events', 'secrets', 'istio-config', 'proxy-clusters-sample', 'proxy-status'].map(
        (name) => `evidence/t/one/${name}.txt`,
      ),
    ]),
  );
  for (const name of names.filter((one) => /evidence\/t\/one.*(?:logs|events|proxy)/.test(one)))
    expect(readFileSync(path.join(report, name), 'utf8').match(/\[redacted\]/g)?.length, name).toBeGreaterThan(150);
});

test('200 planted secrets: none is in a bundle of the mesh, nor in an archive of the report', async () => {
  const work = harness.folder('work');
  const made = await harness.run('bundle', mesh.runId, '--file', 'bundle.tar.gz');
  expect(`${made.code} ${made.stderr}`).toMatch(/^0 /);
  expect(made.stdout.trim()).toBe('bundle.tar.gz');
  const exported = await harness.run('report', mesh.runId, '--export', 'report.tar.gz');
  expect(`${exported.code} ${exported.stderr}`).toMatch(/^0 /);
  const files = ['bundle.tar.gz', 'report.tar.gz'].map((name) => path.join(work, name));
  expect(await leaksIn(all, files, [made.stdout, made.stderr, exported.stdout, exported.stderr])).toEqual([]);
  // all of it was there to be found
  const text = gunzipSync(readFileSync(files[0]!)).toString('latin1');
  for (const name of [
    'README.txt',
    'plan.json',
    'collected.txt',
    'one/logs-istiod.txt',
    'manifests/t/one-istio-base.yaml',
  ])
    expect(text).toContain(name);
  expect(text.match(/\[redacted\]/g)!.length).toBeGreaterThan(1000);
  expect(readdirSync(work).filter((name) => name.includes('.part-'))).toEqual([]);
});

test('an archive overwrites nothing, and one with a secret in it is not written', async () => {
  harness.file('taken.tar.gz', 'mine');
  const taken = await harness.run('report', '--export', 'taken.tar.gz');
  expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('the file exists already') as string]);
  const report = path.join(harness.folder('work'), 'reports', harness.reports()[0]!);
  const file = path.join(report, 'later.txt');
  writeFileSync(file, all.find(({ kind }) => kind === 'a private key')!.text);
  const refused = await harness.run('report', '--export', 'refused.tar.gz');
  rmSync(file);
  expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('secrets in the archive') as string]);
  expect(readdirSync(harness.folder('work'))).not.toContain('refused.tar.gz');
});

test('plan and up print no secret of Istio’s settings', async () => {
  const settings = all.filter(({ kind }) => kind === 'a token in the topology');
  expect(settings.length).toBeGreaterThan(10);
  for (const args of [
    ['plan', 't.yaml'],
    ['plan', 't.yaml', '--output', 'json'],
  ]) {
    const { code, stdout, stderr } = await harness.run(...args);
    expect([args, code]).toEqual([args, 0]);
    expect(stdout).toContain('[redacted]');
    expect(await leaksIn(settings, [], [stdout, stderr])).toEqual([]);
  }
});

test('the search of this test finds every one of them, in text, base64, zip and gzip', async () => {
  const folder = harness.file('planted/index.html', everything);
  const file = path.join(harness.folder('work'), folder);
  const found = async (bytes: Buffer | string): Promise<number> => {
    writeFileSync(file, bytes);
    return (await leaksIn(all, [file])).length;
  };
  expect(await found(everything)).toBe(200);
  const packed = zip({ 'data.json': JSON.stringify({ everything }) });
  expect(await found(packed)).toBe(200);
  expect(await found(gzipSync(everything))).toBe(200);
  expect(await found(`<template>data:application/zip;base64,${packed.toString('base64')}</template>`)).toBe(200);
});

test('an error in a topology does not quote a token that stands there', async () => {
  const token = 'Zq7k2PmW9xTb4LcV';
  for (const [name, text] of [
    ['syntax.yaml', `istio:\n  values:\n    apiToken: a\n   "${token}\nclusters: []\n`],
    ['flow.yaml', `istio: { values: { a: "x" "${token}" } }\n`],
    ['read.yaml', `istio:\n  values: ${token}\nclusters: []\n`],
    ['role.yaml', `clusters:\n  - { name: one, network: n, role: ${token} }\n`],
  ] as const) {
    harness.file(name, text);
    const { code, stderr } = await harness.run('plan', name);
    expect([name, code]).toEqual([name, 2]);
    expect(stderr).toContain(`${name}:`);
    expect(stderr).not.toContain(token);
  }
});
