import { afterEach, beforeEach, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeCluster } from './harness/kubernetes.js';

const topology = `
description: Two clusters that are there already, with a mesh.
provider: existing
attach: true
clusters:
  - { name: one, context: one, network: network1 }
  - { name: two, context: two, network: network1 }
`;

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

const meshConfig = (cluster: FakeCluster, mesh: string): void =>
  cluster.put('/api/v1/namespaces/istio-system/configmaps', { metadata: { name: 'istio' }, data: { mesh } });
const authentications = '/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications';
const strict = { mtls: { mode: 'STRICT' } };

/** What `test` says of EGR-1 and MTLS-1. */
async function verdicts(runId: string): Promise<string[]> {
  await harness.run('test', runId, '--only', 'EGR-1,MTLS-1');
  const { behaviours } = harness.record().topologies[0]!;
  return behaviours.map(({ id, verdict, reason = '' }) => `${id} ${verdict}: ${reason}`);
}

test('a mesh that refuses what it was told to refuse is not accused', async () => {
  const mesh = await harness.mesh(topology);
  for (const cluster of mesh.clusters) {
    meshConfig(cluster, 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n');
    cluster.put(authentications, { metadata: { name: 'default' }, spec: strict });
  }
  expect(await verdicts(mesh.runId)).toEqual([
    'EGR-1 not-applicable: needs not registry-only: the mesh refuses calls to hosts that are not registered (outboundTrafficPolicy REGISTRY_ONLY)',
    'MTLS-1 not-applicable: needs not strict-mtls: the mesh refuses plain text (a PeerAuthentication in its root namespace is STRICT)',
  ]);
  expect(harness.record().topologies[0]).toMatchObject({ features: { 'registry-only': true, 'strict-mtls': true } });
});

test('a mesh config that cannot be read proves nothing, and is named', async () => {
  const mesh = await harness.mesh(topology);
  meshConfig(mesh.clusters[0]!, 'a: [\n');
  const { code } = await harness.run('test', mesh.runId, '--only', 'EGR-1');
  expect(code).toBe(4);
  expect(harness.record().topologies[0]!.problem).toMatchObject({
    message: expect.stringContaining('the mesh config is not valid YAML') as string,
    where: 'one/istio-system/configmap/istio',
  });
});

test('settings that the user may not read leave only the behaviours about them undetermined', async () => {
  const mesh = await harness.mesh(topology);
  mesh.clusters[1]!.answer = ({ path }) =>
    path === authentications
      ? { status: 403, body: { kind: 'Status', message: 'peerauthentications is forbidden' } }
      : undefined;
  const { code } = await harness.run('test', mesh.runId, '--only', 'LB-1,MTLS-1');
  expect(code).toBe(4);
  const [topologyRecord] = harness.record().topologies;
  expect(topologyRecord!.problem).toBeUndefined();
  expect(topologyRecord!.behaviours).toMatchObject([
    { id: 'LB-1', verdict: 'passed' },
    {
      id: 'MTLS-1',
      verdict: 'undetermined',
      reason: expect.stringMatching(/the mesh settings are unknown: .*forbidden/s) as string,
    },
  ]);
});
