// loaded here, or the time that it takes would count for the first test
import '@kubernetes/client-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { read } from '../src/clusters/api.js';
import { apply } from '../src/clusters/apply.js';

// a fake API server: it knows ConfigMaps and Namespaces, and writes down what it is sent
let folder: string;
let server: Server;
let seen: { method: string; url: string; type?: string; body: string }[];
let answer: (url: string) => { status: number; body: unknown };
const cluster = () => ({ name: 'cluster1', kubeconfig: path.join(folder, 'kubeconfig') });

const resources = [
  { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
  { name: 'namespaces', kind: 'Namespace', namespaced: false },
  { name: 'namespaces/status', kind: 'Namespace', namespaced: false },
];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-api-'));
  seen = [];
  answer = (url) => ({ status: 200, body: url === '/api/v1' ? { resources } : {} });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, type: headers['content-type'], body });
      const { status, body: text } = answer(url);
      response.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    'current-context': 'one',
    clusters: [{ name: 'one', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'one', user: { token: 'planted' } }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
  };
  writeFileSync(cluster().kubeconfig, JSON.stringify(config));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test('an object that is not there is undefined, any other refusal an error in the words of the API server', async () => {
  answer = (url) =>
    url.endsWith('/none') ? { status: 404, body: {} } : { status: 403, body: { message: 'you may not' } };
  expect(await read(cluster(), '/api/v1/pods/none')).toBeUndefined();
  await expect(read(cluster(), '/api/v1/pods/one')).rejects.toThrow('GET /api/v1/pods/one: HTTP 403: you may not');
});

test('an answer of something else than the API server is shown as it is', async () => {
  answer = () => ({ status: 502, body: '<h1>Bad gateway</h1>' });
  await expect(read(cluster(), '/api/v1/pods')).rejects.toThrow('HTTP 502: <h1>Bad gateway</h1>');
});

test('an API server that does not answer in time is said to be late', async () => {
  server.removeAllListeners('request');
  await expect(read(cluster(), '/api/v1/pods', { timeout: 0.2 })).rejects.toThrow('no answer within 0.2 s');
});

test('every document is applied where it belongs, as JSON: a YAML 1.1 reader takes an unquoted yes for true', async () => {
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
  const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\ndata: {serving: 'yes'}\n";
  await apply(cluster(), `${namespace}---\n---\n${map}`);
  const patches = seen.filter(({ method }) => method === 'PATCH');
  expect(patches.map(({ url }) => url)).toEqual([
    '/api/v1/namespaces/shop?fieldManager=meshproof&force=true',
    '/api/v1/namespaces/shop/configmaps/one?fieldManager=meshproof&force=true',
  ]);
  expect(patches[1]!.body).toContain('"serving":"yes"');
  expect(patches[1]!.type).toBe('application/apply-patch+yaml');
});

test('a kind that the API server does not know is named', async () => {
  const gateway = 'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: one}\n';
  await expect(apply(cluster(), gateway)).rejects.toThrow(
    'the API server knows no Gateway in /apis/networking.istio.io/v1',
  );
});

test('a webhook that refuses is quoted', async () => {
  answer = (url) =>
    url === '/api/v1'
      ? { status: 200, body: { resources } }
      : { status: 500, body: { message: 'failed calling webhook' } };
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n';
  await expect(apply(cluster(), map)).rejects.toThrow('applying ConfigMap one: HTTP 500: failed calling webhook');
});
