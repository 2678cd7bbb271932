import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { collectEvidence, evidenceOfScene } from '../src/evidence/collect-evidence.js';
import { describeCertificates } from '../src/evidence/public-certificates.js';
import { evidenceItems, sceneItems, shortenBundles } from '../src/evidence/evidence-items.js';

const names = { namespace: 'istio-system', revision: 'default' };
const istioctl = { program: 'istioctl', ...names };
const cluster = {
  ...{ name: 'cluster1', kubeconfig: '/none', apiServer: 'https://10.0.0.1:6443' },
  istio: names,
} as ClusterHandle;
const path = process.env.PATH;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshproof-evidence-'));
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(dir, { recursive: true });
});

/** Puts programs on PATH that answer as the script says. */
async function program(name: string, script: string): Promise<void> {
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, name), 0o755);
  process.env.PATH = `${dir}${delimiter}${path}`;
}

const read = (file: string) => readFile(join(dir, file), 'utf8');

test('answers are redacted, and a command that fails leaves its message', async () => {
  await program(
    'kubectl',
    'case "$*" in *events*) echo "events are away" >&2; exit 1;; *) echo "token: abcdef.0123456789abcdef";; esac',
  );
  await program('istioctl', 'echo "endpoints of $*"');
  const files = await collectEvidence([cluster, { ...cluster, name: 'cluster2' }], dir, 'top', {
    istioctlFor: () => istioctl,
  });
  expect(files.map((file) => file.path)).toContain('evidence/top/cluster2/pods.txt');
  expect(await read('evidence/top/cluster1/events.txt')).toContain('events are away');
  const pods = await read('evidence/top/cluster1/pods.txt');
  expect(pods).toMatch(/^\$ kubectl get pods -A/);
  expect(pods).toContain('token: [redacted]');
  expect(files.find((file) => file.path.endsWith('cluster1/pods.txt'))?.bytes).toBe(Buffer.byteLength(pods));
  expect(await read('evidence/top/cluster1/proxy-endpoints-sample.txt')).toContain(
    'endpoints of --kubeconfig /none proxy-config',
  );
});

test('a cluster whose API server is away costs one question', async () => {
  await program('kubectl', 'echo "connection refused" >&2; exit 1');
  const planned = ['cluster1', 'cluster3'];
  const files = await collectEvidence([cluster], dir, 'top', { istioctlFor: () => istioctl, planned });
  expect(files.map((file) => [file.path, file.state])).toEqual([
    ['evidence/top/cluster1/api-server.txt', 'failed'],
    ['evidence/top/collected.txt', 'answered'],
  ]);
  expect(await read('evidence/top/cluster1/api-server.txt')).toContain('connection refused');
  expect(await read('evidence/top/collected.txt')).toMatch(
    /^1 question, 0 answered\nthere was no cluster3 to ask\nnothing else was asked of cluster1: its API server does not answer\n\ncluster1\n {2}failed +api-server .* connection refused/,
  );
});

test('one cluster that takes all its time takes none of another; what was not asked says so', async () => {
  await program('kubectl', 'case "$*" in *readyz*|*/fast*) echo ok;; *) exec sleep 20;; esac');
  await program('istioctl', 'echo ok');
  const slow = { ...cluster, name: 'cluster2', kubeconfig: '/slow' };
  const files = await collectEvidence([{ ...cluster, kubeconfig: '/fast' }, slow], dir, 'top', {
    istioctlFor: () => istioctl,
    timeoutSeconds: 0.3,
    limits: { atOnce: 1, seconds: 0.2, bytes: 1000 },
  });
  const states = (name: string) => new Set(files.filter((file) => file.cluster === name).map(({ state }) => state));
  expect(states('cluster2')).toEqual(new Set(['answered', 'failed', 'not asked']));
  expect(await read('evidence/top/cluster2/certificates.txt')).toContain('not asked: the 0.2 s for cluster2 were over');
  expect(await read('evidence/top/cluster1/pods.txt')).toMatch(/ok/);
});

test('an answer that is too long keeps its ends, redacted before it is cut', async () => {
  await program(
    'kubectl',
    'echo first; echo "token: abcdef.0123456789abcdef"; head -c 5000 /dev/zero | tr "\\0" x; echo; echo last',
  );
  await program('istioctl', 'true');
  const files = await collectEvidence([cluster], dir, 'top', {
    istioctlFor: () => istioctl,
    limits: { atOnce: 4, seconds: 60, bytes: 1000 },
  });
  const pods = await read('evidence/top/cluster1/pods.txt');
  expect(pods).toMatch(/first\ntoken: \[redacted\][^]*\n\n\[4\d\d\d bytes are left out here\]\n\n[^]*last\n$/);
  expect(pods.length).toBeLessThan(1100);
  expect(files.find(({ path }) => path.endsWith('proxy-status.txt'))?.state).toBe('empty');
});

test('without a cluster the host is asked, and the list says that there was nothing else', async () => {
  await program('docker', 'case "$*" in *"table"*) echo NAMES;; "ps -a --format"*) ;; esac');
  const options = { istioctlFor: () => istioctl, hostOf: 'abcdefghij' };
  const files = await collectEvidence([], dir, 'top', options);
  expect(files.map(({ path }) => path)).toEqual([
    'evidence/top/host/machine.txt',
    'evidence/top/host/containers.txt',
    'evidence/top/collected.txt',
  ]);
  expect(await read('evidence/top/host/machine.txt')).toMatch(/load [\d.]+, [\d.]+, [\d.]+/);
  expect(await read('evidence/top/collected.txt')).toContain('there was no cluster to ask');
  await collectEvidence([cluster], dir, 'two', { ...options, hostOf: undefined, unasked: 'the run was interrupted' });
  expect(await read('evidence/two/collected.txt')).toBe(
    'nothing was collected\nthe clusters were not asked: the run was interrupted\n',
  );
});

test('a command that hangs is ended', async () => {
  await program('kubectl', 'exec sleep 20');
  const start = Date.now();
  await collectEvidence([cluster], dir, 'top', { istioctlFor: () => istioctl, timeoutSeconds: 0.3 });
  expect(Date.now() - start).toBeLessThan(5000);
  expect(await read('evidence/top/cluster1/api-server.txt')).toContain('did not end within 0.3 s');
});

test('the scene of a failure is one redacted text, with what could not be asked', async () => {
  await program(
    'kubectl',
    'case "$*" in *logs*) echo "no logs" >&2; exit 1;; *-A*) echo "token: abcdef.0123456789abcdef";; *) echo "own things";; esac',
  );
  const scene = await evidenceOfScene(cluster, ['own-1', 'own-2']);
  expect(scene).toMatch(/^\$ kubectl get gateways\.networking.* -A/);
  expect(scene).toContain('token: [redacted]');
  expect(scene.match(/own things/g)).toHaveLength(4);
  expect(scene).toContain('$ kubectl logs -n own-2');
  expect(scene.match(/\$ kubectl logs[^$]*no logs/g)).toHaveLength(2);
});

test('the values of Secrets are never asked for', () => {
  const questions = evidenceItems({
    cluster,
    istioNamespace: 'istio-system',
    namespaces: ['sample'],
    istioctl,
    timeout: 1,
  });
  const names = questions.map((item) => item.name);
  expect(new Set(names).size).toBe(names.length);
  const asked = [...questions, ...sceneItems(cluster, ['own-1'], 1)];
  for (const { question } of asked) expect(question).not.toMatch(/secrets?\b.*-o (yaml|json)/);
});

test('a CA bundle is shortened to what tells two apart', () => {
  const yaml = (text: string) =>
    `clientConfig:\n  caBundle: ${Buffer.from(text.repeat(9)).toString('base64')}\n  service: x`;
  expect(shortenBundles(yaml('bundle'))).toMatch(/caBundle: 54 bytes, sha256 [0-9a-f]{16}\n {2}service: x/);
  expect(shortenBundles(yaml('bundle'))).not.toBe(shortenBundles(yaml('bundl2')));
});

test('what is no certificate is said to be none', () => {
  expect(describeCertificates('')).toContain('no certificate');
  expect(describeCertificates('-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----')).toContain(
    'not a certificate',
  );
});
