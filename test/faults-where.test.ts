import { expect, test, vi } from 'vitest';
import type { Breakage } from '../src/fault/breakage.js';
import { meshOf, type Mesh } from '../src/fault/fault.js';
import { faults } from '../src/fault/faults.gen.js';
import type { Patch } from '../src/fault/merge-patch.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { features, firstMissing } from '../src/topology/features.js';
import { readTopology } from '../src/topology/parse-topology.js';

vi.mock('../src/kube/kubectl.js', () => {
  const object = { metadata: { labels: {} }, data: {}, spec: { template: { spec: {} }, replicas: 1 } };
  const silent = () => Promise.resolve('');
  return { kubectl: silent, kubectlWait: silent, exec: silent, kubectlJson: () => Promise.resolve(object) };
});
vi.mock('../src/kube/pods.js', async (original) => ({
  ...(await original<object>()),
  podsOf: () => Promise.resolve([]),
}));

/** A mesh that does not exist. */
function planned(name: string): Mesh {
  const topology = readTopology(name);
  const handles = topology.clusters.map((cluster, i) => ({
    ...cluster,
    istio: { namespace: 'istio-system', revision: 'default' },
    nodes: [{ name: `${cluster.name}-node`, address: `192.0.2.1${i}` }],
    eastWestAddress: `192.0.2.2${i}`,
  }));
  return meshOf(handles as unknown as ClusterHandle[], features(topology));
}

test('a fault knows whose configuration counts for a cluster, and whom it concerns', () => {
  const of = (topology: string) => {
    const { two, primaryOf, servedBy, callersInto } = planned(topology);
    return [primaryOf(two).name, servedBy(two), callersInto(two)];
  };
  const [one, two, three] = ['cluster1', 'cluster2', 'cluster3'] as const;
  expect(of('multi-network-multi-primary')).toEqual([two, [two], [one]]);
  expect(of('multi-network-primary-remote')).toEqual([one, [one, two], [one, two]]);
  expect(of('flat-multi-primary')).toEqual([two, [two], []]);
  expect(of('flat-primary-remote')).toEqual([one, [one, two], []]);
  expect(of('three-regions')).toEqual([two, [two], [one, three]]);
  expect(of('mixed')).toEqual([one, [one, two], [three]]);
});

test('only what two primaries have between them needs two', () => {
  const needs = faults.filter(({ requires = [] }) => requires.includes('multi-primary')).map(({ id }) => id);
  expect(needs).toEqual(['configuration-in-every-primary', 'metallb-pools-overlap', 'root-ca-different']);
});

/** What only a primary has: Istio's configuration, istiod and what it reads. */
const ofPrimaries =
  /istio\.io\/|\.istio\.io|^(configmap\/istio|secret\/|deployment\/istiod|role\/istiod|clusterrole\/istiod)/;

const live = faults.flatMap(({ id, break: play, requires = [] }) => (play ? [{ id, play, requires }] : []));
test.each(
  live.flatMap(({ id, play, requires }) =>
    ['multi-network-primary-remote', 'flat-primary-remote']
      .map((name) => ({ name, mesh: planned(name) }))
      .filter(({ mesh }) => firstMissing(requires, mesh.features) === undefined)
      .map(({ name, mesh }) => [id, name, mesh, play] as const),
  ),
)('%s in %s changes nothing in a remote that counts in primaries alone', async (id, _, mesh, play) => {
  const changed: { cluster: ClusterHandle; what: string }[] = [];
  const note = (cluster: ClusterHandle, what: string): Promise<void> => {
    changed.push({ cluster, what });
    return Promise.resolve();
  };
  const named = (cluster: ClusterHandle, _namespace: string, name: string) => note(cluster, name);
  const breakage = {
    afterwards: () => undefined,
    until: () => Promise.resolve(),
    edit: named,
    delete: named,
    create: (cluster: ClusterHandle, object: Patch) => note(cluster, String(object['apiVersion'])),
    scale: (cluster: ClusterHandle, _namespace: string, name: string) => note(cluster, `deployment/${name}`),
    filter: (cluster: ClusterHandle) => note(cluster, 'iptables'),
    removeRoutes: (cluster: ClusterHandle) => note(cluster, 'routes'),
  };
  await play(mesh, breakage as unknown as Breakage);
  const wrong = changed.filter(({ cluster, what }) => cluster.role === 'remote' && ofPrimaries.test(what));
  expect(wrong.map(({ what }) => what)).toEqual([]);
  // webhooks are asked for by their names, and nobody answers here
  if (!/^(webhook|proxy)-/.test(id)) expect(changed.length).toBeGreaterThan(0);
});
