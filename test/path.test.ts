import { expect, test } from 'vitest';
import { delivers, firstBreak, lost, untold, type PathHop } from '../src/check/path/path-types.js';
import { judgeTraffic } from '../src/check/path/live-calls.js';
import { decide } from '../src/check/why.js';
import { verdictLine } from '../src/cli/describe-path.js';
import { pathMesh, pathOf } from './helpers/path-mesh.js';
import type { Loose } from './helpers/mesh-view.js';

const recordedUntil = Date.parse('2026-12-01T06:47:24Z');

/** Certificates were recorded, and are looked at as they were. */
const atTheTime = <T>(ask: () => Promise<T>): Promise<T> => {
  const now = Date.now;
  Date.now = () => recordedUntil - 12 * 3_600_000;
  return ask().finally(() => (Date.now = now));
};

const caller = (one: Loose): Loose => one['proxy sample/sleep-1'];
const gatewayOf = (two: Loose): Loose => two['proxy istio-system/gateway-1'];
const calleeOf = (two: Loose): Loose => two['proxy sample/helloworld-v2'];
const inbound = (two: Loose): Loose[] => calleeOf(two).listeners[0].listener.filter_chains;
const httpFilters = (two: Loose): Loose[] =>
  inbound(two)
    .filter((chain) => chain.filter_chain_match.destination_port === 5000)
    .map((chain) => chain.filters.at(-1).typed_config.http_filters);
const service = (one: Loose): Loose => one['services sample'][0];
const rbac = (rules: Loose): Loose => ({ name: 'envoy.filters.http.rbac', typed_config: { rules } });
const everybody = { permissions: [{ any: true }], principals: [{ any: true }] };

test('on a sound mesh every call arrives, half of them in each cluster', async () => {
  const path = await atTheTime(() => pathOf(pathMesh()));
  expect(firstBreak(path)).toBeUndefined();
  expect(untold(path)).toEqual([]);
  expect(path.traces.map(({ to, share }) => [to, share])).toEqual([
    ['cluster1', 0.5],
    ['cluster2', 0.5],
  ]);
  expect(path.traces.every(delivers)).toBe(true);
  expect(path.traces[1]!.steps.map(({ hop }) => hop)).toEqual(
    'cluster balancing endpoint way gateway gateway_cluster remote_endpoint mtls policy application'
      .split(' ')
      .map((hop) => hop.replace('_', ' ')),
  );
  expect(verdictLine(path)).toBe('every call arrives: 50 % in cluster1, 50 % in cluster2');
});

test('calls to a subset that is not there reach no endpoint; the endpoints are not said to be broken', async () => {
  const mesh = pathMesh();
  const { route } = caller(mesh.one).routes[0].virtual_hosts[0].routes[0];
  const clusters = [
    { name: route.cluster, weight: 50 },
    { name: route.cluster.replace('||', '|v9|'), weight: 50 },
  ];
  caller(mesh.one).routes[0].virtual_hosts[0].routes[0].route = { weighted_clusters: { clusters } };
  const path = await atTheTime(() => pathOf(mesh));
  expect(verdictLine(path)).toBe('50 % of calls reach no endpoint; they end at: cluster');
});

const breaks: [what: string, hop: PathHop, share: number, change: (one: Loose, two: Loose) => unknown][] = [
  ['a caller without a sidecar', 'capture', 1, (one) => one['pods sample'][0].spec.containers.pop()],
  [
    'an outbound port that is left out',
    'capture',
    1,
    (one) =>
      (one['pods sample'][0].metadata.annotations = { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80,5000' }),
  ],
  ['no Service where the caller is', 'dns', 1, (one) => (one['services sample'] = [])],
  ['a service that the proxy does not know', 'listener', 1, (one) => (caller(one).listeners = [])],
  ['a listener that Envoy refuses', 'listener', 1, (one) => (caller(one).listeners[0].refused = 'duplicate address')],
  ['a host that has no route', 'route', 1, (one) => caller(one).routes[0].virtual_hosts.shift()],
  [
    'no route for a path',
    'route',
    1,
    (one) => (caller(one).routes[0].virtual_hosts[0].routes[0].match = { prefix: '/api' }),
  ],
  [
    'a fault for a part of the calls',
    'route',
    0.3,
    (one) =>
      (caller(one).routes[0].virtual_hosts[0].routes[0].typed_per_filter_config = {
        'envoy.filters.http.fault': { abort: { http_status: 503, percentage: { numerator: 30 } } },
      }),
  ],
  [
    'a subset that is not defined',
    'cluster',
    1,
    (one) =>
      (caller(one).routes[0].virtual_hosts[0].routes[0].route.cluster =
        'outbound|5000|v9|helloworld.sample.svc.cluster.local'),
  ],
  ['a cluster without endpoints', 'balancing', 1, (one) => (caller(one).assignments[0].endpoints = [])],
  [
    'a pod of another network that is called directly',
    'endpoint',
    0.5,
    (one) =>
      Object.assign(caller(one).assignments[0].endpoints[1].lb_endpoints[0].endpoint.address.socket_address, {
        address: '10.20.0.7',
        port_value: 5000,
      }),
  ],
  [
    'an address that belongs to nobody',
    'endpoint',
    0.5,
    (one) =>
      (caller(one).assignments[0].endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address = '10.10.0.99'),
  ],
  [
    'no endpoint in the other cluster, whose istiod reads it',
    'endpoint',
    0,
    (one) => caller(one).assignments[0].endpoints.pop(),
  ],
  ['a firewall', 'way', 0.5, (one) => (one['172.28.18.1:15443'] = 'no answer')],
  [
    'a gateway that does not listen',
    'gateway',
    0.5,
    (one, two) => ((gatewayOf(two).listeners = []), (one['172.28.18.1:15443'] = 'refused')),
  ],
  [
    'a gateway that does not know the service',
    'gateway',
    0.5,
    (_, two) =>
      (gatewayOf(two).listeners[0].listener.filter_chains[0].filter_chain_match.server_names = [
        'outbound_.80_._.other.sample.svc.cluster.local',
      ]),
  ],
  ['plain text to a gateway', 'gateway', 0.5, (one) => (caller(one).clusters[0].transport_socket_matches = undefined)],
  ['a gateway without endpoints', 'gateway cluster', 0.5, (_, two) => (gatewayOf(two).assignments = [])],
  [
    'a pod behind the gateway that is gone',
    'remote endpoint',
    0.5,
    (_, two) => (two['pods sample'][1].status.podIP = '10.20.0.8'),
  ],
  [
    'STRICT and a caller that speaks plain text',
    'mtls',
    0.5,
    (one) => {
      const [endpoint] = caller(one).assignments[0].endpoints[0].lb_endpoints;
      endpoint.metadata.filter_metadata['envoy.transport_socket_match'] = {};
      const chains = one['proxy sample/helloworld-v1'].listeners[0].listener;
      chains.filter_chains = chains.filter_chains.filter((chain: Loose) => chain.transport_socket);
    },
  ],
  [
    'a port that is excluded from the sidecar of the called pod',
    'mtls',
    0.5,
    (_, two) =>
      (two['pods sample'][1].metadata.annotations = { 'traffic.sidecar.istio.io/excludeInboundPorts': '80, 5000' }),
  ],
  [
    'a port that is not included in the sidecar of the called pod',
    'mtls',
    0.5,
    (_, two) => (two['pods sample'][1].metadata.annotations = { 'traffic.sidecar.istio.io/includeInboundPorts': '80' }),
  ],
  [
    'a pod that takes plain text only',
    'mtls',
    0.5,
    (_, two) =>
      (calleeOf(two).listeners[0].listener.filter_chains = inbound(two).filter((chain) => !chain.transport_socket)),
  ],
  [
    'a service account that the caller does not expect',
    'mtls',
    1,
    (one) =>
      (caller(
        one,
      ).clusters[0].transport_socket_matches[0].transport_socket.typed_config.common_tls_context.combined_validation_context.default_validation_context.match_subject_alt_names =
        [{ exact: 'spiffe://other/ns/sample/sa/default' }]),
  ],
  [
    'a policy that denies',
    'policy',
    0.5,
    (_, two) =>
      httpFilters(two).forEach((filters) =>
        filters.unshift(rbac({ action: 'DENY', policies: { 'ns[sample]-policy[no]-rule[0]': everybody } })),
      ),
  ],
  [
    'an ALLOW policy for somebody else',
    'policy',
    0.5,
    (_, two) =>
      httpFilters(two).forEach((filters) =>
        filters.unshift(
          rbac({
            policies: {
              'ns[sample]-policy[some]-rule[0]': {
                permissions: [{ any: true }],
                principals: [{ authenticated: { principal_name: { exact: 'spiffe://cluster.local/ns/other/sa/x' } } }],
              },
            },
          }),
        ),
      ),
  ],
  ['an application that listens on localhost', 'application', 0.5, (_, two) => (two['10.20.0.7:5000'] = 'refused')],
];

test.each(breaks)('%s ends the way at: %s', async (_, hop, share, change) => {
  const mesh = pathMesh();
  change(mesh.one, mesh.two);
  const path = await atTheTime(() => pathOf(mesh));
  const found = firstBreak(path);
  expect(found?.step.hop).toBe(hop);
  expect(found?.step.remedy).toBeTruthy();
  expect(lost(path)).toBeCloseTo(share);
  const { cause } = decide({ causes: [], follows: [], unknown: [] }, [path]);
  expect(cause?.id).toBe(`PATH-${hop.toUpperCase().replace(' ', '-')}`);
});

const sound: [what: string, change: (one: Loose, two: Loose) => unknown][] = [
  [
    'other inbound ports that are excluded, of all that are included',
    (_, two) =>
      (two['pods sample'][1].metadata.annotations = {
        'traffic.sidecar.istio.io/excludeInboundPorts': '15020',
        'traffic.sidecar.istio.io/includeInboundPorts': '*',
      }),
  ],
  [
    'ports of others that are left out',
    (one) => (one['pods sample'][0].metadata.annotations = { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80' }),
  ],
  [
    'a route with a header before the one for all',
    (one) =>
      caller(one).routes[0].virtual_hosts[0].routes.unshift({
        match: { prefix: '/', headers: [{ name: 'end-user' }] },
        direct_response: { status: 403 },
      }),
  ],
  [
    'a policy that allows everybody',
    (_, two) => httpFilters(two).forEach((filters) => filters.unshift(rbac({ policies: { a: everybody } }))),
  ],
  [
    'a policy that denies other paths',
    (_, two) =>
      httpFilters(two).forEach((filters) =>
        filters.unshift(
          rbac({
            action: 'DENY',
            policies: { a: { ...everybody, permissions: [{ url_path: { path: { prefix: '/admin' } } }] } },
          }),
        ),
      ),
  ],
  [
    'a service that is kept local on purpose',
    (one) => {
      caller(one).assignments[0].endpoints.pop();
      one['mesh config'].serviceSettings = [
        { settings: { clusterLocal: true }, hosts: ['*.sample.svc.cluster.local'] },
      ];
    },
  ],
  [
    'a port of the Service with another number than the container',
    (one) => (service(one).spec.ports[0].targetPort = 5000),
  ],
];

test.each(sound)('%s breaks nothing', async (_, change) => {
  const mesh = pathMesh();
  change(mesh.one, mesh.two);
  expect(firstBreak(await atTheTime(() => pathOf(mesh)))).toBeUndefined();
});

test('what may not be asked cannot be told, and is not green', async () => {
  const mesh = pathMesh();
  delete mesh.two['proxy istio-system/gateway-1'];
  const path = await atTheTime(() => pathOf(mesh));
  expect(firstBreak(path)).toBeUndefined();
  expect(untold(path).map(({ hop }) => hop)).toEqual(['gateway']);
  expect(decide({ causes: [], follows: [], unknown: [] }, [path])).toMatchObject({
    cause: null,
    unknown: [{ check: 'PATH-GATEWAY' }],
  });
});

test('a certificate that has expired is told before whom it is for', async () => {
  const found = firstBreak(await pathOf(pathMesh()));
  // the recorded certificates are valid for a day
  if (Date.now() > recordedUntil) expect(found?.step.says).toContain('has expired');
});

test('calls that fail on a sound way, and calls that arrive without one, are told apart', async () => {
  const sound = await atTheTime(() => pathOf(pathMesh()));
  const mesh = pathMesh();
  caller(mesh.one).listeners = [];
  const closed = await atTheTime(() => pathOf(mesh));
  expect(judgeTraffic(sound, [200, 200]).verdict).toBe('agree');
  expect(judgeTraffic(sound, [200, 503]).verdict).toBe('delivers but fails');
  expect(judgeTraffic(closed, [0, 0]).verdict).toBe('agree');
  expect(judgeTraffic(closed, [200, 0]).verdict).toBe('drops but works');
});
