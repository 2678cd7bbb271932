import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Cluster } from '../fixtures/cluster.js';
import type { Mesh } from '../fixtures/mesh.js';
import { Spaces } from '../fixtures/spaces.js';
import { FakeApiServer } from './helpers/api-server.js';

vi.mock('../fixtures/timeouts.js', () => ({ timeouts: { configuration: 200, rootCertificate: 200, interval: 20 } }));

let api: FakeApiServer;
let spaces: Spaces;
const kinds: Record<string, object[]> = {
  '/api/v1': [{ name: 'namespaces', kind: 'Namespace', namespaced: false }],
  '/apis/apps/v1': [{ name: 'deployments', kind: 'Deployment', namespaced: true }],
  '/apis/networking.istio.io/v1': [{ name: 'serviceentries', kind: 'ServiceEntry', namespaced: true }],
};
/** `<client> <host>` of everything that a proxy was asked for, and what it answers. */
let questions: string[];
let known: string;
const asked = (method: string) => api.seen.filter((one) => one.method === method).map(({ url }) => url.split('?')[0]);

beforeEach(async () => {
  api = await FakeApiServer.start();
  api.answer = (url) => ({ status: 200, body: kinds[url] ? { resources: kinds[url] } : {} });
  questions = [];
  known = 'known';
  const client = (name: string) => ({
    routesTo: ({ host }: { host: string }) => ({
      once: () => {
        questions.push(`${name} ${host}`);
        // a mark is made before it is looked for
        return Promise.resolve([asked('PATCH').some((url) => url!.endsWith('/mark')) ? known : 'unknown']);
      },
    }),
  });
  const istio = { namespace: 'istio-system', revision: 'default' };
  const cluster = {
    name: 'cluster1',
    role: 'primary',
    handle: { ...api.cluster, istio, dataPlane: 'default' },
    client,
  } as unknown as Cluster;
  spaces = new Spaces({ clusters: [cluster], primaries: [cluster], plan: { runId: 'k3x9qa72bc' } } as unknown as Mesh);
});
afterEach(() => api.stop());

test('a namespace that is given back as it was lent is lent again, to whoever asks for one like it', async () => {
  const first = await spaces.lend();
  expect((await spaces.lend()).name).not.toBe(first.name);
  await spaces.giveBack(first, true);
  expect((await spaces.lend({ injection: false })).name).not.toBe(first.name);
  expect((await spaces.lend({ labels: {} })).name).not.toBe(first.name);
  expect((await spaces.lend({ labels: { 'istio-injection': 'enabled' } })).name).toBe(first.name);
  expect(asked('DELETE')).toEqual([]);
});

test('one that failed a behaviour, or was altered, is deleted instead', async () => {
  const [failed, altered] = [await spaces.lend(), await spaces.lend()];
  altered.altered = true;
  await spaces.giveBack(failed, false);
  await spaces.giveBack(altered, true);
  const next = await spaces.lend();
  expect([failed.name, altered.name]).not.toContain(next.name);
  await spaces.close();
  expect(asked('DELETE').sort()).toEqual([failed.path, altered.path].sort());
});

test('all that nobody has is deleted in the end, and what a workload is made of is applied once', async () => {
  const space = await spaces.lend();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'workload' } };
  for (const _ of [1, 2]) await space.applyOnce(space.clusters[0]!, 'sleep', [namespace]);
  expect(asked('PATCH').filter((url) => url!.endsWith('/workload'))).toHaveLength(1);
  await spaces.giveBack(space, true);
  await spaces.close();
  expect(asked('DELETE')).toEqual([space.path]);
});

test('no workload is applied before its namespace has the root certificate, where the mesh hands it out', async () => {
  const space = await spaces.lend();
  const own = `${space.path}/configmaps/istio-ca-root-cert`;
  const { answer } = api;
  api.answer = (url, ...more) => (url === own ? { status: 404, body: {} } : answer(url, ...more));
  const applied = () => asked('PATCH').filter((url) => url!.endsWith('/helloworld'));
  await expect(space.applyOnce(space.clusters[0]!, 'helloworld', [deployment('helloworld')])).rejects.toThrow(
    `expected ConfigMap istio-ca-root-cert in ${space.name}, by istiod`,
  );
  expect(applied()).toEqual([]);

  api.answer = (url, ...more) =>
    url.endsWith('/istio-ca-root-cert') ? { status: 404, body: {} } : answer(url, ...more);
  const other = await spaces.lend();
  await other.applyOnce(other.clusters[0]!, 'helloworld', [deployment('helloworld')]);
  expect(applied()).toHaveLength(1);
});

const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'own' },
});

test('what was applied and changed is taken back, and every proxy in it must know of a mark made after that', async () => {
  const space = await spaces.lend();
  const [cluster] = space.clusters;
  await space.applyOnce(cluster!, 'helloworld', [deployment('helloworld')]);
  await space.applyOnce(cluster!, 'ingress', [deployment('ingress')]);
  space.toTakeBack(cluster!, [deployment('applied')]);
  const restored: string[] = [];
  for (const what of ['first', 'second']) space.toRestore('labels', () => Promise.resolve(void restored.push(what)));
  await spaces.giveBack(space, true);
  expect(restored).toEqual(['first']);
  const last = api.seen.filter(({ method }) => method !== 'GET').slice(-2);
  expect(last.map(({ method, url }) => `${method} ${url.split('?')[0]!.split('/').at(-1)}`)).toEqual([
    'DELETE applied',
    'PATCH mark',
  ]);
  expect((await spaces.lend()).name).toBe(space.name);
  const host = `mark-1.${space.name}.test`;
  expect(questions.sort()).toEqual([`deployment/helloworld ${host}`, `sleep ${host}`]);
  await spaces.giveBack(space, true);
  await spaces.lend();
  expect(questions.at(-1)).toContain('mark-2');
});

test('one that cannot be made, cleared or settled is deleted, and the behaviour is told', async () => {
  const space = await spaces.lend();
  space.toRestore('labels', () => Promise.reject(new Error('no answer')));
  await expect(spaces.giveBack(space, true)).rejects.toThrow('no answer');
  expect(asked('DELETE')).toEqual([space.path]);

  const other = await spaces.lend();
  expect(other.name).not.toBe(space.name);
  await spaces.giveBack(other, true);
  known = 'unreachable';
  await expect(spaces.lend()).rejects.toThrow(`mark-1.${other.name}.test known`);
  expect(asked('DELETE')).toEqual([space.path, other.path]);

  api.answer = (url, method) => ({ status: method === 'PATCH' ? 403 : 200, body: { resources: kinds[url] } });
  await expect(spaces.lend()).rejects.toThrow('HTTP 403');
  expect(asked('DELETE')).toHaveLength(3);
});

test('one that is to be fresh is never one that was lent before', async () => {
  const first = await spaces.lend();
  await spaces.giveBack(first, true);
  expect((await spaces.lend({ fresh: true })).name).not.toBe(first.name);
  expect((await spaces.lend()).name).toBe(first.name);
});
