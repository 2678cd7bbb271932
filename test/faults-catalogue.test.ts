import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { render } from '../fixtures/template.js';
import { faults } from '../src/fault/faults.gen.js';
import { batchesOf } from '../src/fault/fault-batches.js';
import { changed } from '../src/fault/manifest-change.js';
import type { Patch } from '../src/fault/merge-patch.js';
import type { BehaviourId } from '../src/record/behaviour-ids.gen.js';
import { defineFault, failing, meshOf, type Fault } from '../src/fault/fault.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { features, firstMissing } from '../src/topology/features.js';
import { readTopology } from '../src/topology/parse-topology.js';
import type { Plan } from '../src/topology/plan-types.js';

const root = path.join(import.meta.dirname, '..');
const files = (folder: string) => readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
const specs = files('suites')
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => path.basename(file, '.spec.ts'));
const manifests = new Map(
  ['suites', 'fixtures/workloads'].flatMap((folder) =>
    files(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => [path.parse(file).name, path.join(root, folder, file)] as const),
  ),
);
const meshes = [
  'multi-network-multi-primary',
  'multi-network-primary-remote',
  'flat-multi-primary',
  'flat-primary-remote',
  'three-regions',
  'mixed',
  'single',
].map((name) => {
  const topology = readTopology(name);
  const istio = { namespace: 'istio-system', revision: 'default' };
  const clusters = topology.clusters.map((one) => ({ ...one, istio, nodes: [] }));
  return { topology, mesh: meshOf(clusters as unknown as ClusterHandle[], features(topology)) };
});

test('every fault has the name of its file', () => {
  const ids = faults.map(({ id }) => id);
  expect(ids.map((id) => `${id}.ts`).sort()).toEqual(readdirSync(path.join(root, 'src/fault/catalogue')).sort());
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

test('no fault is named by no check', () => {
  expect(faults.filter(({ finding }) => finding === undefined).map(({ id }) => id)).toEqual([]);
});

test.each(faults.map((fault) => [fault.id, fault] as const))(
  '%s breaks one thing, and says who notices and who does not',
  (_, fault) => {
    expect([fault.break, fault.manifests].filter(Boolean)).toHaveLength(1);
    const possible = meshes.filter(({ mesh }) => firstMissing(fault.requires ?? [], mesh.features) === undefined);
    expect(possible.length).toBeGreaterThan(0);
    for (const { mesh } of possible) {
      const demands = failing(fault.fails(mesh));
      expect(demands.length).toBeGreaterThan(0);
      expect(fault.passes.length).toBeGreaterThan(0);
      for (const [id, clusters] of demands) {
        expect(specs).toContain(id);
        expect(fault.passes).not.toContain(id);
        for (const name of clusters) expect([...mesh.names, 'mesh']).toContain(name);
      }
      for (const id of fault.passes) expect(specs).toContain(id);
    }
  },
);

test('a fault is not for a mesh to which no behaviour applies that must notice it', () => {
  const requirements = Object.fromEntries(
    files('suites')
      .filter((file) => file.endsWith('.spec.ts'))
      .map((file) => {
        const words = /\brequires\(([^)]*)\)/.exec(readFileSync(path.join(root, 'suites', file), 'utf8'))?.[1] ?? '';
        return [path.basename(file, '.spec.ts'), [...words.matchAll(/'([^']+)'/g)].map(([, word]) => word!)];
      }),
  );
  const settings = ['registry-only', 'strict-mtls'].map((name) => ({ [name]: true }));
  const all = meshes.flatMap(({ mesh }) =>
    [{}, ...settings].map((own) => ({ ...mesh, features: { ...mesh.features, ...own } })),
  );
  const unnoticed = all.flatMap((mesh) =>
    faults
      .filter((fault) => firstMissing(fault.requires ?? [], mesh.features) === undefined)
      .filter((fault) =>
        failing(fault.fails(mesh)).some(([id]) => firstMissing(requirements[id]!, mesh.features) !== undefined),
      )
      .map(({ id }) => id),
  );
  expect([...new Set(unnoticed)]).toEqual([]);
});

const changes = faults.flatMap(({ id, manifests: all = [] }) => all.map((change) => [id, change] as const));
test.each(changes)('%s changes an object that is there, to something that can be filled in', (_, change) => {
  const file = manifests.get(change.manifest)!;
  expect(existsSync(file)).toBe(true);
  const yaml = readFileSync(file, 'utf8');
  const more = Object.fromEntries([...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, 'x']));
  const clusters = meshes[0]!.topology.clusters.map((one) => ({ ...one, controlPlane: `${one.name}/default` }));
  const names = { namespace: 'istio-system', revision: 'default' };
  const plan = {
    runId: 'x',
    clusters,
    controlPlanes: clusters.map(({ name, controlPlane }) => ({ ...names, id: controlPlane, cluster: name })),
    images: { echo: 'e', sleep: 's', 'helloworld-v1': 'h' },
    environment: { cpuRequest: '10m' },
  } as unknown as Plan;
  const values = { namespace: 'own', cluster: clusters[0]!.name, plan, more };
  const before = parseAllDocuments(yaml).map((document) => document.toJS() as Patch);
  expect(changed(change.manifest, before, [change])).not.toEqual(before);
  for (const { metadata } of render(yaml, values, (objects) => changed(change.manifest, objects, [change])))
    expect(metadata.namespace).toBeDefined();
});

test('faults of manifests go together where they concern different behaviours, all others are alone', () => {
  const { mesh } = meshes[0]!;
  const fault = (id: string, fails: BehaviourId, manifest?: string): Fault => ({
    id,
    title: id,
    finding: 'F-DNS-DOWN',
    fails: () => ({ [fails]: ['cluster1'] }),
    passes: ['LOC-8'],
    ...(manifest ? { manifests: [{ manifest, add: {} }] } : { break: () => Promise.resolve() }),
  });
  const all = [
    fault('a', 'LB-1', 'LB-1'),
    fault('b', 'CP-1'),
    fault('c', 'LB-2', 'LB-2'),
    fault('again', 'LB-1', 'LB-1'),
    fault('workload', 'LB-9', 'echo'),
    fault('control', 'LOC-8', 'LOC-8'),
  ];
  const batches = batchesOf(all, mesh).map((batch) => batch.map(({ id }) => id));
  expect(batches).toEqual([['a', 'c'], ['b'], ['again'], ['workload'], ['control']]);
});

test('a fault that demands what there is not does not compile', () => {
  const fault = { id: 'x', title: 'x', passes: ['LOC-8'], break: () => Promise.resolve() } as const;
  // @ts-expect-error there is no such finding
  defineFault({ ...fault, finding: 'F-NOTHING', fails: () => ({ 'LB-1': ['cluster1'] }) });
  // @ts-expect-error unknown behaviour
  defineFault({ ...fault, finding: 'F-DNS-DOWN', fails: () => ({ 'LB-0': ['cluster1'] }) });
  // @ts-expect-error neither a finding, nor that there is none yet
  defineFault({ ...fault, fails: () => ({ 'LB-1': ['cluster1'] }) });
  const unnamed: Fault = defineFault({ ...fault, names: 'none yet', fails: () => ({ 'LB-1': ['cluster1'] }) });
  expect(unnamed.finding).toBeUndefined();
});
