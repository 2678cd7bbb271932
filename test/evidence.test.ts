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
  const files = await collectEvidence([cluster], dir, 'top', { istioctlFor: () => istioctl });
  expect(files.map((file) => file.path)).toEqual(['evidence/top/cluster1/api-server.txt']);
  expect(await read('evidence/top/cluster1/api-server.txt')).toContain('connection refused');
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
