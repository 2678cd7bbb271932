import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { change, read, remove, Unreachable } from '../src/kube/api.js';
import { apply, deleteObjects } from '../src/kube/apply.js';
import { CommandError } from '../src/kernel/run-program.js';
import { isOutage, outlast } from '../src/kube/outage.js';
import { exitCode } from '../src/kernel/errors.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;

// it knows ConfigMaps and Namespaces
const resources = [
  { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
  { name: 'namespaces', kind: 'Namespace', namespaced: false },
  { name: 'namespaces/status', kind: 'Namespace', namespaced: false },
];

beforeEach(async () => {
  api = await FakeApiServer.start();
  api.answer = (url) => ({ status: 200, body: url === '/api/v1' ? { resources } : {} });
});
afterEach(() => api.stop());

test('an object that is not there is undefined, any other refusal an error in the words of the API server', async () => {
  api.answer = (url) =>
    url.endsWith('/none') ? { status: 404, body: {} } : { status: 403, body: { message: 'you may not' } };
  expect(await read(api.cluster, '/api/v1/pods/none')).toBeUndefined();
  await expect(read(api.cluster, '/api/v1/pods/one')).rejects.toThrow('GET /api/v1/pods/one: HTTP 403: you may not');
});

test('an answer of something else than the API server is shown as it is', async () => {
  api.answer = () => ({ status: 502, body: '<h1>Bad gateway</h1>' });
  await expect(read(api.cluster, '/api/v1/pods')).rejects.toThrow('HTTP 502: <h1>Bad gateway</h1>');
});

test('an API server that does not answer in time is said to be late', async () => {
  api.server.removeAllListeners('request');
  await expect(read(api.cluster, '/api/v1/pods', { timeout: 0.2 })).rejects.toThrow('no answer within 0.2 s');
});

test('every document is applied where it belongs, as JSON: a YAML 1.1 reader takes an unquoted yes for true', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
  const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\ndata: {serving: 'yes'}\n";
  await apply(api.cluster, `${namespace}---\n---\n${map}`);
  const patches = api.seen.filter(({ method }) => method === 'PATCH');
  expect(patches.map(({ url }) => url)).toEqual([
    '/api/v1/namespaces/shop?fieldManager=meshproof&force=true',
    '/api/v1/namespaces/shop/configmaps/one?fieldManager=meshproof&force=true',
  ]);
  expect(patches[1]!.body).toContain('"serving":"yes"');
  expect(patches[1]!.type).toBe('application/apply-patch+yaml');
});

test('a kind that the API server does not know is named', async () => {
  const gateway = 'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: one}\n';
  await expect(apply(api.cluster, gateway)).rejects.toThrow(
    'the API server knows no Gateway in /apis/networking.istio.io/v1',
  );
});

test('a webhook that refuses is quoted', async () => {
  api.answer = (url) =>
    url === '/api/v1'
      ? { status: 200, body: { resources } }
      : { status: 500, body: { message: 'failed calling webhook' } };
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n';
  await expect(apply(api.cluster, map)).rejects.toThrow('applying ConfigMap one: HTTP 500: failed calling webhook');
});

test('fields are changed by a merge patch, and an object that is not there counts as deleted', async () => {
  await change(api.cluster, '/api/v1/namespaces/shop', { metadata: { labels: { a: 'b' } } });
  expect(api.seen.at(-1)).toMatchObject({ method: 'PATCH', type: 'application/merge-patch+json' });
  api.answer = (url) => ({ status: url === '/api/v1' ? 200 : 404, body: { resources } });
  await remove(api.cluster, '/api/v1/namespaces/shop');
  api.answer = (url) => ({ status: url === '/api/v1' ? 200 : 403, body: { resources, message: 'you may not' } });
  await expect(remove(api.cluster, '/api/v1/namespaces/shop')).rejects.toThrow('HTTP 403: you may not');
});

test('objects are deleted in the reverse of the order in which they are applied', async () => {
  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } });
  await deleteObjects(api.cluster, [object('first'), object('second')]);
  const deleted = api.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url.split('/').pop());
  expect(deleted).toEqual(['second', 'first']);
});

test('an API server that is away for a moment is outlasted, one that refuses is not asked again', async () => {
  const port = (api.server.address() as { port: number }).port;
  api.server.closeAllConnections();
  await new Promise((resolve) => api.server.close(resolve));
  const away = await read(api.cluster, '/api/v1/pods').catch((error: unknown) => error);
  expect(away).toBeInstanceOf(Unreachable);
  expect(isOutage(away)).toBe(true);
  const answered = outlast(api.cluster, () => read(api.cluster, '/api/v1/pods'));
  await new Promise<void>((resolve) => api.server.listen(port, '127.0.0.1', resolve));
  expect(await answered).toEqual({});
  api.answer = () => ({ status: 403, body: { message: 'you may not' } });
  const before = api.seen.length;
  await expect(outlast(api.cluster, () => read(api.cluster, '/api/v1/pods'))).rejects.toThrow('you may not');
  expect(api.seen.length - before).toBe(1);
});

test('an outage is counted from when it is seen, however long the work had gone well', async () => {
  vi.useFakeTimers();
  try {
    let asked = 0;
    const done = outlast({ name: 'cluster1' }, async () => {
      if (++asked > 1) return 'done';
      // longer than `patience`, by the fake clock
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      throw new Unreachable('GET /: no answer', exitCode.environment);
    });
    await vi.advanceTimersByTimeAsync(62_000);
    expect(await done).toBe('done');
  } finally {
    vi.useRealTimers();
  }
});

test('a program that was ended at its own time limit is not run again', () => {
  const ended = new CommandError('istioctl was ended', 'istioctl install', 'connection refused', undefined);
  expect(isOutage(ended)).toBe(false);
});

test.each([
  ['net/http: request canceled (Client.Timeout or context cancellation while reading body)', true],
  ['Patch "https://192.0.2.1": net/http: request canceled (Client.Timeout exceeded while awaiting headers)', true],
  ['dial tcp 192.0.2.1:6443: connect: connection refused', true],
  ['Error: resource name may not be empty', true],
  ['Error from server (Forbidden): you may not', false],
])('a program that says "%s" met an API server that is away: %s', (output, away) => {
  expect(isOutage(new CommandError('istioctl failed', 'istioctl install', output, 1))).toBe(away);
});

test('objects after one whose deletion is refused are deleted all the same', async () => {
  const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } });
  api.answer = (url) => ({ status: url.endsWith('/two') ? 403 : 200, body: url === '/api/v1' ? { resources } : {} });
  await expect(deleteObjects(api.cluster, [map('one'), map('two'), map('three')])).rejects.toThrow('two: HTTP 403');
  expect(api.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url.split('/').at(-1))).toEqual([
    'three',
    'two',
    'one',
  ]);
});

test('credentials that are over are asked for again, once', async () => {
  const { kubeconfig } = api.cluster;
  const { atime, mtime } = statSync(kubeconfig);
  api.answer = () => {
    // a plugin gives another token for the same kubeconfig
    writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replace('"planted"', '"fresh"'));
    utimesSync(kubeconfig, atime, mtime);
    const valid = api.seen.at(-1)!.authorization === 'Bearer fresh';
    return { status: valid ? 200 : 401, body: { kind: 'Pod' } };
  };
  expect(await read(api.cluster, '/api/v1/pods/one')).toEqual({ kind: 'Pod' });
  api.answer = () => ({ status: 401, body: { message: 'over' } });
  await expect(read(api.cluster, '/api/v1/pods/one')).rejects.toThrow('HTTP 401: over');
  expect(api.seen).toHaveLength(4);
});

test('a credential plugin that waits is waited for no longer than an answer', async () => {
  const text = readFileSync(api.cluster.kubeconfig, 'utf8');
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['20'] };
  writeFileSync(api.cluster.kubeconfig, text.replace('{"token":"planted"}', JSON.stringify({ exec })));
  const start = Date.now();
  await expect(read(api.cluster, '/api/v1/pods', { timeout: 0.3 })).rejects.toThrow('no answer within 0.3 s');
  expect(Date.now() - start).toBeLessThan(15_000);
});

test.each([
  ['is not there', undefined, /ENOENT/],
  ['is not YAML', 'a: [', /cannot use the kubeconfig: /],
  [
    'has no current context',
    (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), 'current-context': 'none' }),
    /its current context has no API server \(nothing\)/,
  ],
  ['names no cluster', '{}', /cannot use the kubeconfig: this is not a usable kubeconfig/],
  [
    'names a credential plugin that is not there',
    (text: string) =>
      text.replace(
        '{"token":"planted"}',
        '{"exec":{"apiVersion":"client.authentication.k8s.io/v1","command":"no-such-plugin"}}',
      ),
    /cannot use the kubeconfig: .*no-such-plugin/,
  ],
])('a kubeconfig that %s is told at once, and is no outage', async (_, change, words) => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'meshproof-kubeconfig-')), 'config');
  const text = readFileSync(api.cluster.kubeconfig, 'utf8');
  if (change !== undefined) writeFileSync(file, typeof change === 'string' ? change : change(text));
  let asked = 0;
  const error = await outlast(api.cluster, () => {
    asked++;
    return read({ name: 'cluster1', kubeconfig: file }, '/api/v1/pods');
  }).catch((thrown: unknown) => thrown);
  rmSync(path.dirname(file), { recursive: true });
  expect(asked).toBe(1);
  expect(isOutage(error)).toBe(false);
  expect(error).toMatchObject({ message: expect.stringMatching(words) as string, where: file, code: 4 });
});
