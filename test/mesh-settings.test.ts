import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MeshState } from '../src/mesh/mesh-state.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { featuresOf, readMeshSettings, refreshSettings } from '../src/mesh/mesh-settings.js';
import { FakeCluster } from './harness/kubernetes.js';

let folder: string;
let one: FakeCluster;
let two: FakeCluster;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-settings-'));
  [one, two] = await Promise.all([FakeCluster.start('one'), FakeCluster.start('two')]);
});
afterEach(async () => {
  await Promise.all([one.stop(), two.stop()]);
  rmSync(folder, { recursive: true });
});

/** Whether the mesh of both clusters is REGISTRY_ONLY, and whether it is STRICT. */
async function settings(): Promise<boolean[]> {
  const targets = [one, two].map((cluster) => {
    const kubeconfig = path.join(folder, cluster.name);
    writeFileSync(kubeconfig, JSON.stringify(cluster.kubeconfig()));
    const istio = { namespace: 'istio-system', revision: 'default' };
    return { name: cluster.name, kubeconfig, istio } as ClusterHandle;
  });
  const found = featuresOf(await readMeshSettings(targets));
  return [found['registry-only'], found['strict-mtls']];
}

const meshConfig = (cluster: FakeCluster, mesh: string): void =>
  cluster.put('/api/v1/namespaces/istio-system/configmaps', { metadata: { name: 'istio' }, data: { mesh } });
const authentications = '/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications';
const sidecars = '/apis/networking.istio.io/v1/namespaces/istio-system/sidecars';
const strict = { mtls: { mode: 'STRICT' } };
const registryOnly = { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } };

test('a mesh that says nothing has neither setting', async () => {
  expect(await settings()).toEqual([false, false]);
  meshConfig(one, 'outboundTrafficPolicy:\n  mode: ALLOW_ANY\n');
  one.put(authentications, { metadata: { name: 'default' }, spec: { mtls: { mode: 'PERMISSIVE' } } });
  expect(await settings()).toEqual([false, false]);
});

test('a setting counts that any primary has', async () => {
  meshConfig(two, 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n');
  one.put(authentications, { metadata: { name: 'default' }, spec: strict });
  expect(await settings()).toEqual([true, true]);
});

test('the root namespace is the one that the mesh config names', async () => {
  meshConfig(one, 'rootNamespace: istio-config\n');
  one.put(authentications, { metadata: { name: 'default' }, spec: strict });
  expect(await settings()).toEqual([false, false]);
  one.put(authentications.replace('istio-system', 'istio-config'), { metadata: { name: 'default' }, spec: strict });
  expect(await settings()).toEqual([false, true]);
});

test('a Sidecar for the mesh goes before the mesh config, and of several policies the oldest counts', async () => {
  meshConfig(one, 'outboundTrafficPolicy:\n  mode: ALLOW_ANY\n');
  one.put(sidecars, { metadata: { name: 'default' }, spec: registryOnly });
  const at = (creationTimestamp: string, mode: string, name: string): void =>
    one.put(authentications, { metadata: { name, creationTimestamp }, spec: { mtls: { mode } } });
  at('2026-02-01T00:00:00Z', 'STRICT', 'a');
  at('2026-01-01T00:00:00Z', 'PERMISSIVE', 'b');
  expect(await settings()).toEqual([true, false]);
});

test('what is for some workloads says nothing of the mesh', async () => {
  one.put(authentications, { metadata: { name: 'a' }, spec: { ...strict, selector: { matchLabels: { app: 'a' } } } });
  one.put(sidecars, {
    metadata: { name: 'a' },
    spec: { ...registryOnly, workloadSelector: { labels: { app: 'a' } } },
  });
  expect(await settings()).toEqual([false, false]);
});

test('of a mesh that was only attached to, the settings are read, and where primaries differ a note says so', async () => {
  const clusters = [one, two].map((cluster) => {
    const kubeconfig = path.join(folder, cluster.name);
    writeFileSync(kubeconfig, JSON.stringify(cluster.kubeconfig()));
    const istio = { namespace: 'istio-system', revision: 'default' };
    return { name: cluster.name, kubeconfig, role: 'primary', istio };
  });
  one.put(authentications, { metadata: { name: 'default' }, spec: strict });
  vi.stubEnv('MESHPROOF_STATE_DIR', folder);
  mkdirSync(path.join(folder, 'runs/aaaaaaaaaa'), { recursive: true });
  const state = (attach: boolean): MeshState =>
    ({ runId: 'aaaaaaaaaa', plan: { provider: 'existing', attach, features: {} }, clusters }) as unknown as MeshState;
  const own = state(false);
  expect([await refreshSettings(own), own.plan.features]).toEqual([{ notes: [] }, {}]);
  const attached = state(true);
  expect(await refreshSettings(attached)).toEqual({
    notes: [expect.stringMatching(new RegExp(`^the primaries differ in strict-mtls: ${one.name} only`))],
  });
  expect(attached.plan.features).toMatchObject({ 'registry-only': false, 'strict-mtls': true });
  vi.unstubAllEnvs();
});
