import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveGateways } from '../fixtures/gateway-addresses.js';
import { Mesh } from '../fixtures/mesh.js';
import type { MeshState } from '../src/mesh/mesh-state.js';
import { ClusterWatch } from '../src/kube/cluster-watch.js';
import { injectorEndpoints, serviceEndpoints } from '../src/probe/injection.js';
import { FakeCluster } from './harness/kubernetes.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
beforeEach(async () => {
  api = await FakeApiServer.start();
});
afterEach(() => api.stop());

/** A mesh on paper of two networks, each with an east-west gateway. */
function stateOf(...addresses: string[]): MeshState {
  const clusters = addresses.map((eastWestAddress, i) => ({
    name: `cluster${i + 1}`,
    network: `network${i + 1}`,
    role: 'primary',
    helloworld: ['v1'],
    eastWestAddress,
  }));
  return { plan: { features: {}, images: {}, clusters }, clusters } as unknown as MeshState;
}

test('a gateway with a host name is where the name leads to, one with an address is there', async () => {
  const state = stateOf('172.28.1.1', 'localhost');
  const mesh = new Mesh(state, {}, await resolveGateways(state.clusters));
  const [one, two] = mesh.clusters;
  expect(mesh.gatewaysFrom(one!)).toEqual(['127.0.0.1:15443']);
  expect(mesh.gatewaysFrom(two!)).toEqual(['172.28.1.1:15443']);
});

test('a host name with several addresses is several gateways, and one that leads to nothing is undetermined', () => {
  const state = stateOf('172.28.1.1', 'lb.invalid');
  const gateways = (found: string[]) => new Map([['cluster2', found]]);
  const many = new Mesh(state, {}, gateways(['10.0.0.1', '10.0.0.2']));
  expect(many.gatewaysFrom(many.clusters[0]!)).toEqual(['10.0.0.1:15443', '10.0.0.2:15443']);
  const none = new Mesh(state, {}, gateways([]));
  expect(() => none.gatewaysFrom(none.clusters[0]!)).toThrow(
    /cluster2: the host name lb\.invalid of the east-west gateway does not resolve from here/,
  );
});

test('the service of an istiod in another cluster may lead to a host name, which has no endpoints', async () => {
  const ports = [{ port: 15012 }, { port: 443, name: 'https-webhook' }];
  api.answer = (url) => {
    if (url.includes('endpointslices')) return { status: 200, body: { items: [] } };
    if (!url.includes('webhook')) return { status: 200, body: { spec: { externalName: 'lb.example', ports } } };
    const service = { namespace: 'istio-system', name: 'istiod', port: 15017 };
    return { status: 200, body: { items: [{ webhooks: [{ clientConfig: { service } }] }] } };
  };
  const istiod = { namespace: 'istio-system', name: 'istiod' };
  expect(await serviceEndpoints(api.cluster, istiod)).toEqual(['lb.example:15012', 'lb.example:443']);
  expect(await injectorEndpoints(api.cluster)).toEqual(['lb.example:15017']);
});

test('a load balancer that gives a host name has given its address', async () => {
  const cluster = await FakeCluster.start('one');
  cluster.put('/api/v1/namespaces/istio-system/services', {
    metadata: { name: 'gateway' },
    status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } },
  });
  writeFileSync(api.cluster.kubeconfig, JSON.stringify(cluster.kubeconfig()));
  const watch = new ClusterWatch(api.cluster);
  await watch.start();
  expect(await watch.loadBalancerAddress('istio-system', 'gateway', 1)).toBe('lb.example');
  await watch.stop();
  await cluster.stop();
});
