import { expect, test } from 'vitest';
import { Mesh } from '../fixtures/mesh.js';
import type { MeshState } from '../src/mesh/mesh-state.js';

/** A mesh on paper: clusters as `network: versions`; nothing of it is asked. */
function mesh(...clusters: [network: string, ...versions: string[]][]): Mesh {
  const handles = clusters.map(([network, ...helloworld], i) => ({
    name: `cluster${i + 1}`,
    network,
    helloworld,
    region: `of ${network}`,
    zone: '',
    role: 'primary',
    eastWestAddress: `192.0.2.${i + 1}`,
  }));
  const names = { namespace: 'istio-system', revision: 'default' };
  const controlPlanes = handles.map(({ name }, i) => ({
    ...{ ...names, id: `${name}/default`, cluster: name, tag: `1.3${i}.0-distroless`, version: `1.3${i}.0` },
  }));
  const planned = handles.map((handle) => ({
    ...handle,
    controlPlane: `${handle.name}/default`,
    dataPlane: 'default',
  }));
  const plan = { features: {}, images: {}, clusters: planned, controlPlanes };
  return new Mesh({ plan, clusters: handles } as unknown as MeshState);
}

const sharesFromFirst = (of: Mesh) => of.sharesSeenFrom(of.clusters[0]!);

test('shares follow the pods: in one network each for itself, a gateway for all behind it', () => {
  expect(sharesFromFirst(mesh(['a', 'v1'], ['b', 'v2']))).toEqual({ v1: 0.5, v2: 0.5 });
  expect(sharesFromFirst(mesh(['a', 'v1'], ['a', 'v1', 'v2']))).toEqual({ v1: 2 / 3, v2: 1 / 3 });
  expect(sharesFromFirst(mesh(['a', 'v1'], ['b', 'v2'], ['b', 'v3']))).toEqual({ v1: 1 / 3, 'v2+v3': 2 / 3 });
  expect(sharesFromFirst(mesh(['a', 'v1'], ['b', 'v1', 'v2']))).toEqual({ 'v1+v2': 1 });
  expect(sharesFromFirst(mesh(['a'], ['b', 'v1'], ['c', 'v2']))).toEqual({ v1: 0.5, v2: 0.5 });
});

test('shares of other pods than those of helloworld follow those', () => {
  const three = mesh(['a'], ['b', 'v2'], ['b']);
  const shares = three.sharesSeenFrom(three.clusters[0]!, ({ name }) => [name]);
  expect(shares).toEqual({ cluster1: 1 / 3, 'cluster2+cluster3': 2 / 3 });
});

test('the nearest clusters are those of the own region, and the next cluster after the last is the first', () => {
  const three = mesh(['a'], ['a'], ['b']);
  expect(three.clusters.map((cluster) => three.nearest(cluster))).toEqual([
    ['cluster1', 'cluster2'],
    ['cluster1', 'cluster2'],
    ['cluster3'],
  ]);
  expect(three.clusters.map((cluster) => three.next(cluster).name)).toEqual(['cluster2', 'cluster3', 'cluster1']);
});

test('gateways are those of other networks that have something behind them', async () => {
  const three = mesh(['a', 'v1'], ['a', 'v2'], ['b', 'v3']);
  expect(await three.gatewaysFrom(three.clusters[0]!)).toEqual(['192.0.2.3:15443']);
  expect(await three.gatewaysFrom(three.clusters[2]!)).toEqual(['192.0.2.1:15443', '192.0.2.2:15443']);
  const idle = mesh(['a', 'v1'], ['b']);
  expect(await idle.gatewaysFrom(idle.clusters[0]!)).toEqual([]);
});

test('the version of a cluster is the tag of its own control plane, without the image variant', () => {
  expect(mesh(['a', 'v1'], ['b', 'v2']).clusters.map(({ istioVersion }) => istioVersion)).toEqual(['1.30.0', '1.31.0']);
});

test('istiods are named by their namespaces, and by their revisions where these are not the default', () => {
  const [one] = mesh(['a', 'v1']).clusters;
  expect(one!.readyIstiods).toEqual(['istio-system ready']);
  expect(one!.istiodDeployments).toEqual([{ namespace: 'istio-system', name: 'istiod' }]);
});
