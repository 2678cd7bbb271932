import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attach } from '../fixtures/attach.js';
import { meshSessionIn, sessionIn } from './helpers/session.js';

let folder: string;
let state: string;
let originalPath: string | undefined;
const log = () => path.join(folder, 'calls');
const calls = () => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : []);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-attach-'));
  state = path.join(folder, 'state.json');
  originalPath = process.env['PATH'];
  // recorder stubs: they write down how they were called and do nothing; kubectl answers as a healthy /readyz does
  for (const name of ['kind', 'docker', 'kubectl']) recorder(name, 'printf ok');
  process.env['PATH'] = `${folder}${path.delimiter}${originalPath}`;
  writeState('up');
});

afterEach(() => {
  process.env['PATH'] = originalPath;
  rmSync(folder, { recursive: true, force: true });
});

function recorder(name: string, answer: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>"${log()}"\n${answer}\n`);
  chmodSync(file, 0o755);
}

function writeState(phase: string): void {
  const cluster = (n: number) => ({
    name: `cluster${n}`,
    kubeconfig: `/nowhere/${n}`,
    apiServer: `https://192.0.2.${n}:6443`,
    network: 'network1',
    role: 'primary',
    helloworld: [`v${n}`],
  });
  // as a meshproof without control planes in its plans has written it
  const plan = {
    ...{ topology: 'two-clusters', topologyFile: '/x.yaml', provider: 'kind', attach: false, docker: { network: 'x' } },
    features: { clusters: 2 },
    istio: { version: '1.31.0', tag: '1.31.0', hub: 'hub' },
    images: { sleep: 'sleep:1' },
    environment: {},
    clusters: [cluster(1), cluster(2)],
  };
  const clusters = [cluster(1), cluster(2)];
  const createdAt = '2026-11-29T00:00:00.000Z';
  writeFileSync(state, JSON.stringify({ version: 1, runId: 'abc', phase, createdAt, plan, clusters }));
}

test('a killed worker is followed by one that attaches again and creates nothing', async () => {
  const attachLog = path.join(folder, 'attached');
  const env = {
    ...sessionIn(folder, { topology: 'two-clusters' }),
    ATTACH_LOG: attachLog,
    ATTACH_OUTPUT: path.join(folder, 'output'),
    VITEST: undefined,
  };
  const config = path.join(import.meta.dirname, 'fixtures-attach', 'playwright.config.ts');
  const cli = path.join(import.meta.dirname, '..', 'node_modules', '@playwright', 'test', 'cli.js');
  const { stdout } = await execa(process.execPath, [cli, 'test', '--config', config], { env, reject: false });
  const { stats } = JSON.parse(stdout) as { stats: { expected: number; unexpected: number } };
  expect(stats).toMatchObject({ expected: 1, unexpected: 1 });

  const attached = readFileSync(attachLog, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  expect(attached.map(([, runId]) => runId)).toEqual(['abc', 'abc']);
  expect(attached[0]![0]).not.toBe(attached[1]![0]);

  // two workers asked two API servers whether they are ready; kind and docker were not called, nothing else was asked
  const ready = (n: number) => `kubectl --kubeconfig /nowhere/${n} get --raw /readyz`;
  expect(calls().sort()).toEqual([ready(1), ready(1), ready(2), ready(2)]);
}, 120_000);

const session = (given: { topology?: string; stateFile?: string } = {}) =>
  meshSessionIn(folder, { topology: 'two-clusters', ...given });

test('a mesh of an earlier version has one control plane in each primary, the default one in istio-system', async () => {
  const { clusters } = await attach(session());
  expect(clusters.map(({ handle }) => handle.istio)).toEqual(
    clusters.map(() => ({ namespace: 'istio-system', revision: 'default' })),
  );
  expect(clusters.map((cluster) => [cluster.readyIstiods, cluster.istioVersion])).toEqual([
    [['istio-system ready'], '1.31.0'],
    [['istio-system ready'], '1.31.0'],
  ]);
});

test('no state file, a mesh that is not up, another topology: undetermined, with what to do', async () => {
  await expect(attach(undefined)).rejects.toThrow(/^Undetermined: no session .* `meshproof test`/);
  await expect(attach(session({ stateFile: path.join(folder, 'none.json') }))).rejects.toThrow(
    /^Undetermined: no usable state file .* run `meshproof up`/,
  );
  await expect(attach(session({ topology: 'other' }))).rejects.toThrow(
    /^Undetermined: .* is a mesh of two-clusters, not of other/,
  );
  writeState('removing');
  await expect(attach(session())).rejects.toThrow(/^Undetermined: the mesh of run abc is removing/);
  expect(calls()).toEqual([]);
});

test('an API server that is not ready, or does not answer in time, is named', async () => {
  recorder('kubectl', 'case "$*" in *nowhere/2*) echo "connection refused" >&2; exit 1 ;; esac; printf ok');
  await expect(attach(session())).rejects.toThrow(
    /^Undetermined: the API server of cluster2 \(https:\/\/192\.0\.2\.2:6443\) is not ready: .*connection refused/,
  );
  recorder('kubectl', 'exec sleep 9');
  const start = Date.now();
  await expect(attach(session(), 300)).rejects.toThrow(/did not end within 0.3 s/);
  expect(Date.now() - start).toBeLessThan(7_500);
});
