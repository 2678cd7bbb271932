import { expect, test } from 'vitest';
import { checks } from '../src/check/checks.gen.js';
import { hostChecks } from '../src/check/host-checks.gen.js';
import { faults } from '../src/fault/faults.gen.js';
import type { FindingId } from '../src/record/finding-ids.gen.js';
import { brokenPrimary, soundRemote } from './helpers/configuration-changes.js';
import { at, broken, inOwn, nearMisses, type Change } from './helpers/mesh-changes.js';
import { diagnosisOf, soundMesh } from './helpers/mesh-view.js';

const causesOf = async (change: Change, topology?: string): Promise<string[]> => {
  const mesh = soundMesh(topology);
  const [one, two] = Object.values(mesh.clusters);
  change(one, two, mesh);
  const { causes } = await diagnosisOf(mesh);
  return [...new Set(causes.map(({ check }) => check))];
};

const shared = 'multi-network-primary-remote';

test.each(['multi-network-multi-primary', shared, 'flat-primary-remote'])(
  'on a sound %s nothing is broken, and every check can tell',
  async (topology) => {
    expect(await diagnosisOf(soundMesh(topology))).toEqual({ causes: [], follows: [], unknown: [] });
  },
);

test.each(broken)('%s is the only cause', async (id, change) => {
  expect(await causesOf(change)).toEqual([id]);
});

test.each(nearMisses)('%s is no cause', async (_, change) => {
  expect(await causesOf(change)).toEqual([]);
});

test.each(brokenPrimary)('of a primary and its remote %s is the only cause', async (id, change) => {
  expect(await causesOf(change, shared)).toEqual([id]);
});

test('a route that is missing is named, whoever serves the cluster', async () => {
  const change: Change = (one) => (one['routes cluster1-node'] = 'default via 192.0.2.1');
  for (const topology of ['flat-multi-primary', 'flat-primary-remote'])
    expect(await causesOf(change, topology)).toEqual(['F-ROUTE-MISSING']);
});

test.each(soundRemote)('in a remote %s is no cause', async (_, change) => {
  expect(await causesOf(change, shared)).toEqual([]);
});

test('of a policy in another namespace than declared, its absence is told before what it does there', async () => {
  const declared = { metadata: at('default', 'istio-system'), spec: { mtls: { mode: 'STRICT' } } };
  const elsewhere = { ...declared, metadata: at('default', 'sample') };
  const change = inOwn('peerauthentications', 'PeerAuthentication', elsewhere, declared);
  expect(await causesOf(change)).toEqual(['F-CONFIGURATION-MISSING', 'F-STRICT-UNASKED']);
});

test('a network that pods say themselves is to be removed there, not set in the control plane', async () => {
  const mesh = soundMesh();
  const [, two] = Object.values(mesh.clusters);
  const [, pod] = two!['pods sample'];
  pod.spec.containers[1].env.push({ name: 'ISTIO_META_NETWORK', value: 'network9' });
  pod.metadata.annotations = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_NETWORK: network9 }' };
  const { causes } = await diagnosisOf(mesh);
  expect(causes).toMatchObject([
    {
      check: 'F-PROXY-NETWORK-DIFFERENT',
      object: `pod/sample/${pod.metadata.name}`,
      remedy: expect.stringContaining('remove ISTIO_META_NETWORK from the annotation proxy.istio.io/config') as string,
    },
  ]);
});

test('a gateway whose Service asks for no address is not waited for at a load balancer', async () => {
  const mesh = soundMesh();
  const [, two] = Object.values(mesh.clusters);
  const [, gateway] = two!['services istio-system'];
  gateway.status = {};
  gateway.spec.type = 'ClusterIP';
  const { causes } = await diagnosisOf(mesh);
  expect(causes.map(({ says }) => says)).toEqual([
    'the east-west gateway of cluster2 has no address, because its Service has type ClusterIP',
  ]);
});

test('what follows from a cause is not one', async () => {
  const mesh = soundMesh();
  const [one] = Object.values(mesh.clusters);
  one!['remote secrets'][0].flaw = { kind: 'unauthorized' };
  one!['clusterz'] = [
    { id: 'cluster1', status: 'synced' },
    { id: 'cluster2', status: 'timeout' },
  ];
  const { causes, follows } = await diagnosisOf(mesh);
  expect(causes.map(({ check }) => check)).toEqual(['F-REMOTE-SECRET-UNAUTHORIZED']);
  expect(follows.map(({ check }) => check)).toEqual(['F-REMOTE-CLUSTER-NOT-SYNCED']);
});

test('that no packet comes back from a port that the Service of a gateway lacks follows from that', async () => {
  const mesh = soundMesh();
  const [one, two] = Object.values(mesh.clusters);
  two!['services istio-system'][1].spec.ports = [{ port: 15021 }];
  one!['172.18.0.2:15443'] = 'no answer';
  const { causes, follows } = await diagnosisOf(mesh);
  expect(causes.map(({ check }) => check)).toEqual(['F-GATEWAY-PORT-MISSING']);
  expect(follows.map(({ check }) => check)).toEqual(['F-LINK-DROPS-PACKETS']);
});

test('checks have the names of their files, needs that lead nowhere back, and something to say', () => {
  expect(checks.length).toBeGreaterThanOrEqual(78);
  const needs = new Map(checks.map(({ id, needs: own = [] }) => [id, own]));
  const reaches = (from: FindingId, to: FindingId, seen = new Set<FindingId>()): boolean =>
    (needs.get(from) ?? []).some((need) => need === to || (!seen.has(need) && reaches(need, to, seen.add(need))));
  expect(checks.filter(({ id }) => reaches(id, id)).map(({ id }) => id)).toEqual([]);
  for (const { title, reads } of checks) {
    expect(title).toMatch(/^[^.]+$/);
    expect(reads.length).toBeGreaterThan(0);
  }
  expect(new Set([...checks, ...hostChecks].map(({ id }) => id)).size).toBe(checks.length + hostChecks.length);
});

test('most checks have a fault that fires them', () => {
  const fired = new Set(faults.map(({ finding }) => finding));
  expect(checks.filter(({ id }) => fired.has(id)).length).toBeGreaterThan(70);
});
