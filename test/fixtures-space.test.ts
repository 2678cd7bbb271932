import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cluster } from '../fixtures/cluster.js';
import type { Mesh } from '../fixtures/mesh.js';
import { Spaces } from '../fixtures/space.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
let spaces: Spaces;
const resources = [{ name: 'namespaces', kind: 'Namespace', namespaced: false }];
const asked = (method: string) => api.seen.filter((one) => one.method === method).map(({ url }) => url.split('?')[0]);

beforeEach(async () => {
  api = await FakeApiServer.start();
  api.answer = (url) => ({ status: 200, body: url === '/api/v1' ? { resources } : {} });
  const cluster = { name: 'cluster1', role: 'primary', handle: api.cluster } as unknown as Cluster;
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
