import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeMesh } from './harness/mesh.js';

const topology = `
description: Two clusters that are there already.
provider: existing
clusters:
  - { name: one, context: one, network: network1 }
  - { name: two, context: two, network: network1 }
`;

let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

/** Makes the lease of a run another one. */
function lease({ folder }: FakeMesh, change: Record<string, unknown>): void {
  const file = path.join(folder, 'lease.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
}

/** Changes that a cluster was asked for. */
const changes = (mesh: FakeMesh): string[] =>
  mesh.clusters.flatMap(({ requests }) =>
    requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  );

describe('on existing clusters', () => {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  const deployments = '/apis/apps/v1/namespaces/istio-system/deployments';
  let mesh: FakeMesh;

  beforeEach(async () => {
    mesh = await harness.mesh(topology);
    lease(mesh, { kept: false });
    for (const cluster of mesh.clusters) {
      cluster.put('/api/v1/namespaces', { metadata: { name: 'istio-system' } });
      cluster.put(deployments, {
        metadata: { name: 'istiod', labels: { app: 'istiod', 'operator.istio.io/component': 'Pilot' } },
        spec: { selector: { matchLabels: { app: 'istiod' } } },
      });
    }
  });

  const ours = (): void => {
    const labels = { 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/run': mesh.runId };
    for (const cluster of mesh.clusters) {
      cluster.put(leases, { metadata: { name: 'meshproof' }, spec: { holderIdentity: mesh.runId } });
      cluster.put('/api/v1/namespaces', { metadata: { name: 'istio-system', labels } });
      cluster.put('/api/v1/namespaces', { metadata: { name: 'sample', labels } });
    }
  };

  test.each<[string, (mesh: FakeMesh) => void, string]>([
    ['has no Lease', () => {}, 'it has no lease meshproof of this run'],
    [
      'has a Lease that names nobody',
      ({ clusters }) => clusters.forEach((one) => one.put(leases, { metadata: { name: 'meshproof' }, spec: {} })),
      'it has no lease meshproof of this run',
    ],
    [
      'has a Lease that is broken',
      ({ clusters }) => clusters.forEach((one) => one.put(leases, { metadata: { name: 'meshproof' } })),
      'it has no lease meshproof of this run',
    ],
    [
      'has the Lease of another run',
      ({ clusters }) =>
        clusters.forEach((one) =>
          one.put(leases, { metadata: { name: 'meshproof' }, spec: { holderIdentity: 'kaaaaaaaa2' } }),
        ),
      'it is now in use by run kaaaaaaaa2',
    ],
    [
      'has the Lease of the run, and an istio-system that is not of the run',
      ({ clusters, runId }) =>
        clusters.forEach((one) =>
          one.put(leases, { metadata: { name: 'meshproof' }, spec: { holderIdentity: runId } }),
        ),
      'its namespace istio-system does not carry the label',
    ],
  ])('gc and down leave the Istio of a cluster that %s', async (_, prepare, why) => {
    prepare(mesh);
    const held = mesh.clusters[0]!.get(`${leases}/meshproof`)?.['spec'];
    const { code, stderr } = await harness.run('gc');
    expect(code).toBe(0);
    expect(stderr).toContain(`one: ${why}`);
    expect(stderr).toContain(`two: ${why}`);
    // at most the run's own lease is given back
    const release = JSON.stringify(held)?.includes(mesh.runId) ? `DELETE ${leases}/meshproof` : undefined;
    expect(changes(mesh)).toEqual(release ? [release, release] : []);
    expect(harness.stubs.said('istioctl')).toEqual([]);
    expect(existsSync(mesh.folder)).toBe(false);
  });

  test('what the run made is removed, and what runs beside it is not', async () => {
    ours();
    const installed = { 'install.operator.istio.io/owning-resource': `meshproof-${mesh.runId}-base` };
    for (const cluster of mesh.clusters) {
      cluster.put(deployments, {
        metadata: { name: 'istiod', labels: { ...installed, app: 'istiod' } },
        spec: { selector: { matchLabels: { app: 'istiod' } } },
      });
      for (const [name, labels] of [
        ['istiod-clusterrole-istio-system', installed],
        ['istiod-clusterrole-other', { 'operator.istio.io/component': 'Pilot' }],
      ] as const)
        cluster.put('/apis/rbac.authorization.k8s.io/v1/clusterroles', { metadata: { name, labels } });
    }
    const { code, stdout } = await harness.run('down', mesh.runId);
    expect([code, stdout]).toEqual([0, `${mesh.runId} removed\n`]);
    for (const cluster of mesh.clusters) {
      const names = (collection: string): string[] => cluster.list(collection).map(({ metadata }) => metadata.name);
      // workloads of others are in `sample`, so that it stays
      expect(names('/api/v1/namespaces').sort()).toEqual(['default', 'kube-system', 'sample']);
      expect(names('/apis/rbac.authorization.k8s.io/v1/clusterroles')).toEqual(['istiod-clusterrole-other']);
      expect(names('/apis/apps/v1/namespaces/sample/deployments')).toContain('sleep');
      expect(cluster.get(`${leases}/meshproof`)).toBeUndefined();
    }
  });
});

test('namespaces that a killed behaviour has left in an attached mesh go with the run, and nobody else does', async () => {
  for (const command of ['down', 'gc']) {
    const mesh = await harness.mesh(topology.replace('provider: existing', 'provider: existing\nattach: true'));
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    const own = { 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/lent': 'true' };
    for (const cluster of mesh.clusters) {
      cluster.put(leases, { metadata: { name: 'meshproof' }, spec: { holderIdentity: mesh.runId } });
      for (const [name, run] of [
        ['own-1', mesh.runId],
        ['own-2', 'kaaaaaaaa2'],
      ] as const)
        cluster.put('/api/v1/namespaces', { metadata: { name, labels: { ...own, 'meshproof.dev/run': run } } });
    }
    const { code, stderr } = await harness.run(command, ...(command === 'down' ? [mesh.runId] : ['--all']));
    expect([command, code, stderr]).toEqual([command, 0, expect.any(String)]);
    for (const cluster of mesh.clusters) {
      const names = cluster.list('/api/v1/namespaces').map(({ metadata }) => metadata.name);
      expect([command, names.includes('own-1')]).toEqual([command, false]);
      expect([command, names.includes('own-2')]).toEqual([command, true]);
    }
  }
});

describe('the state folder', () => {
  test('gc leaves what is not a run, and crashes at nothing', async () => {
    const runs = path.join(harness.folder('state'), 'runs');
    for (const [folder, file] of [
      ['exp-2024', 'events.out'],
      ['Train.final', 'ckpt'],
      ['experiment', 'state.json'],
      ['evaluation', 'lease.json'],
    ] as const) {
      mkdirSync(path.join(runs, folder), { recursive: true });
      writeFileSync(path.join(runs, folder, file), '{"epoch":1}');
    }
    writeFileSync(path.join(runs, 'README.md'), '# experiments\n');
    const before = readdirSync(runs, { recursive: true }).sort();
    for (const args of [['gc'], ['gc', '--all'], ['gc', '--all', '--force'], ['status']])
      expect(await harness.run(...args)).toMatchObject({ code: 0 });
    expect(readdirSync(runs, { recursive: true }).sort()).toEqual(before);
  });

  test('down removes no folder elsewhere', async () => {
    const victim = path.join(harness.root, 'victim');
    mkdirSync(victim);
    writeFileSync(path.join(victim, 'state.json'), JSON.stringify({ version: 1, runId: '../../victim', clusters: [] }));
    for (const [command, id] of [
      ['down', '../../victim'],
      ['down', victim],
      ['status', '../../victim'],
      ['test', '../../victim'],
    ] as const) {
      const { code, stderr } = await harness.run(command, id);
      expect([command, id, code]).toEqual([command, id, 2]);
      expect(stderr).toMatch(/not a valid run id|no run has the id/);
    }
    expect(readdirSync(victim)).toEqual(['state.json']);
    expect(existsSync(path.join(harness.folder('state'), 'runs'))).toBe(false);
  });
});

describe('a run of another host', () => {
  test('is named by gc and refused by down, and both take it by force', async () => {
    const mesh = await harness.mesh('single');
    harness.docker.containers = [
      {
        name: `meshproof-${mesh.runId}-cluster1-control-plane`,
        labels: { 'io.x-k8s.kind.cluster': `meshproof-${mesh.runId}-cluster1`, 'dev.meshproof.node-image': '4' },
      },
    ];
    lease(mesh, { host: 'elsewhere', kept: false });
    const gc = await harness.run('gc', '--all');
    expect([gc.code, gc.stdout]).toEqual([0, 'nothing to remove\n']);
    expect(gc.stderr).toContain(`run ${mesh.runId} is in use by a process on elsewhere`);
    expect(gc.stderr).toContain('meshproof gc --force');
    const down = await harness.run('down', mesh.runId);
    expect(down.code).toBe(3);
    expect(down.stderr).toContain(`meshproof down ${mesh.runId} --force`);
    expect(harness.docker.containers).toHaveLength(1);

    expect(await harness.run('gc', '--force')).toMatchObject({ code: 0 });
    expect(harness.docker.containers).toEqual([]);
    expect(existsSync(mesh.folder)).toBe(false);
  });
});

describe('baked node images', () => {
  const baked = (name: string) => ({ name: `meshproof/node:${name}`, labels: { 'dev.meshproof.node-image': '5' } });

  test('of which a container has been made since stay; the reason of every failure is said', async () => {
    const mesh = await harness.mesh('single');
    lease(mesh, { kept: false });
    harness.docker.images = [baked('1'), baked('2')];
    harness.docker.containers = [
      {
        name: `meshproof-${mesh.runId}-cluster1-control-plane`,
        labels: { 'io.x-k8s.kind.cluster': `meshproof-${mesh.runId}-cluster1`, 'dev.meshproof.node-image': '4' },
      },
    ];
    harness.stubs.on('docker', ({ args }) => {
      if (args[0] === 'rm') return { stderr: 'Error: container cannot be stopped\n', exit: 1 };
      if (args[0] !== 'rmi') return undefined;
      return args.includes('meshproof/node:1')
        ? { stderr: 'Error response from daemon: conflict: container 1a2b is using its referenced image\n', exit: 1 }
        : { stderr: 'Error response from daemon: layer is damaged\n', exit: 1 };
    });
    const { code, stderr } = await harness.run('gc');
    expect(code).toBe(4);
    expect(stderr).toContain('container cannot be stopped');
    expect(stderr).toContain('layer is damaged');
    expect(stderr).not.toContain('is using its referenced image');
    expect(harness.stubs.said('docker').filter((call) => / rmi .*-f/.test(call))).toEqual([]);
  });
});
