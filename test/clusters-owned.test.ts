import { afterEach, beforeEach, expect, test } from 'vitest';
import { leaseHolder, releaseClusterLease, takeClusterLease } from '../src/provider/existing/cluster-lease.js';
import type { LiveCluster } from '../src/provider/cluster-source.js';
import { flatRoutes } from '../src/provider/kind/node-routes.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
beforeEach(async () => (api = await FakeApiServer.start()));
afterEach(() => api.stop());

test('routes wait for the range of pods of a node that its controller has not met yet', async () => {
  let asked = 0;
  api.answer = () => {
    const podCIDR = ++asked > 4 ? '10.10.0.0/24' : undefined;
    return { status: 200, body: { items: [{ metadata: { name: 'node' }, spec: { podCIDR } }] } };
  };
  const cluster = (name: string) =>
    ({
      handle: {
        ...{ ...api.cluster, name, network: 'network1', serviceCIDR: '10.11.0.0/16' },
        nodes: [{ name: 'node', address: '172.28.0.2' }],
      },
    }) as unknown as LiveCluster;
  const routes = await flatRoutes([cluster('cluster1'), cluster('cluster2')]);
  const via = { node: 'node', via: '172.28.0.2' };
  const both = [
    { ...via, range: '10.10.0.0/24' },
    { ...via, range: '10.11.0.0/16' },
  ];
  expect(routes).toEqual([...both, ...both]);
  expect(asked).toBeGreaterThan(4);
});

test('a cluster is taken by making its lease, so that of two runs only one has it', async () => {
  api.answer = () => ({ status: 201, body: {} });
  await takeClusterLease(api.cluster, 'ours');
  expect(api.seen.map(({ method }) => method)).toEqual(['POST']);

  api.answer = (_, method) =>
    method === 'POST' ? { status: 409, body: {} } : { status: 200, body: { spec: { holderIdentity: 'theirs' } } };
  await expect(takeClusterLease(api.cluster, 'ours')).rejects.toThrow('the cluster is in use by run theirs');
  await expect(takeClusterLease(api.cluster, 'theirs')).resolves.toBeUndefined();
});

test('a lease is given back by the run that has it, and by no other', async () => {
  api.answer = () => ({ status: 200, body: { spec: { holderIdentity: 'theirs' } } });
  expect(await leaseHolder(api.cluster)).toBe('theirs');
  await releaseClusterLease(api.cluster, 'ours');
  expect(api.seen.some(({ method }) => method === 'DELETE')).toBe(false);
  await releaseClusterLease(api.cluster, 'theirs');
  expect(api.seen.some(({ method }) => method === 'DELETE')).toBe(true);
});
