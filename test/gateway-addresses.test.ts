import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayAddresses } from '../fixtures/gateway-addresses.js';
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
  const mesh = new Mesh(stateOf('172.28.1.1', 'localhost'));
  const [one, two] = mesh.clusters;
  expect(await mesh.gatewaysFrom(one!)).toEqual(['127.0.0.1:15443']);
  expect(await mesh.gatewaysFrom(two!)).toEqual(['172.28.1.1:15443']);
});

test('a host name with several addresses is several gateways, and one that leads to nothing is undetermined', async () => {
  const state = stateOf('172.28.1.1', 'lb.invalid');
  const found = (...addresses: string[]) =>
    new Mesh(state, {}, new GatewayAddresses(() => Promise.resolve({ addresses, ttl: 60 })));
  const many = found('10.0.0.2', '10.0.0.1');
  expect(await many.gatewaysFrom(many.clusters[0]!)).toEqual(['10.0.0.1:15443', '10.0.0.2:15443']);
  const none = found();
  await expect(none.gatewaysFrom(none.clusters[0]!)).rejects.toThrow(
    /cluster2: the host name lb\.invalid of the east-west gateway does not resolve from here/,
  );
});

test('a host name is asked for again as soon as its answer is as old as DNS allows', async () => {
  let now = 0;
  const answers = [
    { addresses: ['10.0.0.1'], ttl: 30 },
    { addresses: ['10.0.0.2'], ttl: 0 },
    { addresses: ['10.0.0.3'], ttl: 30 },
  ];
  const gateways = new GatewayAddresses(
    () => Promise.resolve(answers.shift()!),
    () => now,
  );
  const seen: (readonly string[])[] = [];
  for (const at of [0, 29_999, 30_000, 30_000]) {
    now = at;
    seen.push(await gateways.of('lb.example'));
  }
  expect(seen).toEqual([['10.0.0.1'], ['10.0.0.1'], ['10.0.0.2'], ['10.0.0.3']]);
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
