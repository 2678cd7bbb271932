import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { normaliseConfiguration, type Names } from '../src/evidence/normalise-configuration.js';
import { deprecatedApis, deprecatedOptions } from '../src/evidence/deprecations.js';
import { namesFor, workloadOf } from '../src/evidence/proxy-names.js';
import { compareConfiguration } from '../src/record/comparison/compare-configurations.js';
import {
  configurationPath,
  hashOf,
  readConfigurations,
  writeConfiguration,
  type Json,
  type RecordedConfiguration,
} from '../src/record/comparison/configuration-file.js';
import { comparisonText } from '../src/record/comparison/comparison-text.js';
import { compareRecords } from '../src/record/comparison/compare-records.js';
import { sampleRecord, sampleTopology } from './helpers/record.js';

// recorded from a proxy of Istio 1.31.0 of a mesh of two clusters, cut down to one service and DNS
const text = readFileSync(path.join(import.meta.dirname, 'proxy-configuration', 'config-dump.json'), 'utf8');

/** As the clusters said it when the dump was taken. */
const names: Names = {
  addresses: new Map([
    ['10.10.0.7', 'pod cluster1/sample/helloworld-v1'],
    ['10.10.0.2', 'pod cluster1/kube-system/coredns'],
    ['10.10.0.3', 'pod cluster1/kube-system/coredns'],
    ['10.11.0.10', 'service cluster1/kube-system/kube-dns'],
    ['10.11.122.34', 'service cluster1/sample/helloworld'],
    ['172.28.18.1', 'load balancer cluster2/istio-system/istio-eastwestgateway'],
  ]),
  pods: new Map([['sleep-5f6c7d8b9-x2x4z', 'sleep']]),
};

type Dump = { configs: Record<string, any>[] }; // eslint-disable-line @typescript-eslint/no-explicit-any

function resources(dump: Dump = JSON.parse(text), own = names): Map<string, Json> {
  return normaliseConfiguration(dump, own);
}

function recorded(dump?: Dump, own?: Names, workloads = ['sleep']): RecordedConfiguration {
  const all = resources(dump, own);
  const values = Object.fromEntries([...all.values()].map((value) => [hashOf(value), value]));
  const own_ = Object.fromEntries([...all].map(([key, value]) => [key, hashOf(value)]));
  const proxies = workloads.map((workload) => ({
    cluster: 'cluster1',
    namespace: 'sample',
    workload,
    pods: 1,
    digest: hashOf(own_),
    resources: own_,
  }));
  return { schemaVersion: 1, topology: 'one', proxies, notAsked: [], values };
}

/** The dump with changes. */
function changed(change: (dump: Dump) => void): Dump {
  const dump = JSON.parse(text) as Dump;
  change(dump);
  return dump;
}

const clusters = (dump: Dump) => dump.configs[0]!['dynamic_active_clusters'] as Dump['configs'];
const endpoints = (dump: Dump) => dump.configs[1]!['dynamic_endpoint_configs'] as Dump['configs'];
const listeners = (dump: Dump) => dump.configs[2]!['dynamic_listeners'] as Dump['configs'];
const routes = (dump: Dump) => dump.configs[3]!['dynamic_route_configs'] as Dump['configs'];
const helloworld = (dump: Dump) => clusters(dump).find(({ cluster }) => /helloworld/.test(cluster.name))!['cluster'];

test('every resource is there by kind and name, with names in the place of addresses', () => {
  const all = resources();
  expect([...all.keys()].sort()).toEqual([
    'certificate ROOTCA',
    'certificate default',
    'cluster BlackHoleCluster',
    'cluster outbound|5000||helloworld.sample.svc.cluster.local',
    'cluster outbound|53||kube-dns.kube-system.svc.cluster.local',
    'endpoints BlackHoleCluster',
    'endpoints outbound|5000||helloworld.sample.svc.cluster.local',
    'endpoints outbound|53||kube-dns.kube-system.svc.cluster.local',
    'listener 0.0.0.0_5000',
    'listener <service cluster1/kube-system/kube-dns>_53',
    'route 5000',
  ]);
  const whole = JSON.stringify([...all]);
  expect(whole).toContain('<load balancer cluster2/istio-system/istio-eastwestgateway>');
  expect(whole).not.toMatch(/10\.1[01]\.\d+\.[1-9]|172\.28|version_info|last_updated/);
});

test('no key is in it, and of certificates only who has signed them', () => {
  const [own, root] = ['certificate default', 'certificate ROOTCA'].map((key) => JSON.stringify(resources().get(key)));
  expect(own).toMatch(/"signers":\["[^"]*sha256 [0-9a-f]{16}"/);
  expect(root).toMatch(/"roots":\["[^"]*sha256 [0-9a-f]{16}"\]/);
  expect(own! + root!).not.toMatch(/private_key|inline_bytes|BEGIN/);
});

test('another mesh that does the same is equal: other addresses, versions, times and order of sets', () => {
  const moved = text
    .replaceAll('10.10.0.7', '10.20.3.9')
    .replaceAll('10.11.122.34', '10.21.0.77')
    .replaceAll('172.28.18.1', '172.29.1.3')
    .replace(/"version_info": "[^"]*"/g, '"version_info": "2027-01-01T00:00:00Z/99"')
    .replace(/"last_updated": "[^"]*"/g, '"last_updated": "2027-01-01T00:00:00.000Z"');
  const dump = JSON.parse(moved) as Dump;
  clusters(dump).reverse();
  for (const { endpoint_config } of endpoints(dump)) endpoint_config.endpoints?.reverse();
  for (const { route_config } of routes(dump)) {
    route_config.virtual_hosts.reverse();
    for (const host of route_config.virtual_hosts) host.domains.reverse();
  }
  const addresses = new Map(
    [...names.addresses]
      .filter(([address]) => !['10.10.0.7', '10.11.122.34', '172.28.18.1'].includes(address))
      .concat([
        ['10.20.3.9', 'pod cluster1/sample/helloworld-v1'],
        ['10.21.0.77', 'service cluster1/sample/helloworld'],
        ['172.29.1.3', 'load balancer cluster2/istio-system/istio-eastwestgateway'],
      ]),
  );
  expect(resources(dump, { ...names, addresses })).toEqual(resources());
  expect(compareConfiguration(recorded(), recorded(dump, { ...names, addresses }))).toMatchObject({
    same: 1,
    different: [],
    changes: [],
  });
});

test('the order of routes and filters means something', () => {
  const dump = changed((one) => {
    const chain = listeners(one).find(({ name }) => name === '0.0.0.0_5000')!['active_state'].listener.filter_chains[0];
    chain.filters[0].typed_config.http_filters.reverse();
  });
  expect(resources(dump).get('listener 0.0.0.0_5000')).not.toEqual(resources().get('listener 0.0.0.0_5000'));
});

/** The differences to the dump as it is. */
function changesOf(change: (dump: Dump) => void) {
  return compareConfiguration(recorded(), recorded(changed(change))).changes;
}

test('a field that is added, removed or changed is found with its path', () => {
  expect(
    changesOf((dump) => {
      const thresholds = helloworld(dump).circuit_breakers.thresholds[0];
      thresholds.max_requests = 1024;
      delete thresholds.max_retries;
      thresholds.track_remaining = true;
    }),
  ).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'cluster',
        change: 'changed',
        path: 'circuit_breakers.thresholds[0].max_requests',
        before: 4294967295,
        after: 1024,
        resources: ['outbound|5000||helloworld.sample.svc.cluster.local'],
        proxies: ['cluster1/sample/sleep'],
      }),
      expect.objectContaining({ change: 'removed', path: 'circuit_breakers.thresholds[0].max_retries' }),
      expect.objectContaining({ change: 'added', path: 'circuit_breakers.thresholds[0].track_remaining', after: true }),
    ]),
  );
});

test('an endpoint that is gone, and one that has moved to another service, are differences', () => {
  const [gone] = changesOf((dump) => {
    const own = endpoints(dump).find(({ endpoint_config: one }) => /helloworld/.test(one.cluster_name))!;
    own['endpoint_config'].endpoints = own['endpoint_config'].endpoints.slice(0, 1);
  });
  expect(gone).toMatchObject({ kind: 'endpoints', change: 'removed', path: 'endpoints[]' });
  expect(JSON.stringify(gone!.before)).toContain('<load balancer cluster2/istio-system/istio-eastwestgateway>');
  const strange = { ...names, addresses: new Map([...names.addresses, ['10.10.0.7', 'pod cluster1/sample/other']]) };
  const [moved] = compareConfiguration(recorded(), recorded(undefined, strange)).changes;
  expect(moved).toMatchObject({
    kind: 'endpoints',
    before: '<pod cluster1/sample/helloworld-v1>',
    after: '<pod cluster1/sample/other>',
  });
});

test('connections of a moment are no configuration', () => {
  const inbound = changed((dump) => {
    const [own] = endpoints(dump);
    endpoints(dump).push({ endpoint_config: { ...own!['endpoint_config'], cluster_name: 'inbound|5000||' } });
  });
  expect(resources(inbound)).toEqual(resources());
});

test('another root is told, and makes no proxy different', () => {
  const other = recorded();
  const hash = hashOf({ roots: ['another'] });
  other.values[hash] = { roots: ['another'] };
  other.proxies = other.proxies.map((one) => ({ ...one, resources: { ...one.resources, 'certificate ROOTCA': hash } }));
  expect(compareConfiguration(recorded(), other)).toMatchObject({
    same: 1,
    different: [],
    changes: [{ kind: 'certificate', path: 'roots[0]', after: 'another' }],
  });
});

test('an update that the proxy has refused is a resource of its own', () => {
  const [refused] = changesOf((dump) => {
    listeners(dump)[0]!['error_state'] = { details: 'filter is unknown', last_update_attempt: '2027-01-01' };
  });
  expect(refused).toMatchObject({ kind: 'refused', change: 'added', resources: ['listener 0.0.0.0_5000'] });
});

test('one difference on many proxies and resources is one line', () => {
  const workloads = Array.from({ length: 14 }, (_, i) => `app-${i}`);
  const more = changed((dump) => {
    for (const { cluster } of clusters(dump))
      if (cluster.circuit_breakers) cluster.circuit_breakers.thresholds[0].max_hosts = 7;
  });
  const side = (run: string, one: RecordedConfiguration) => [
    {
      record: sampleRecord([sampleTopology({ name: 'one' })], { id: run }),
      path: run,
      configurations: [one],
    },
  ];
  const comparison = compareRecords(
    side('a', recorded(undefined, undefined, workloads)),
    side('b', recorded(more, undefined, workloads)),
  );
  expect(comparison.verdict).toBe('nothing-worse');
  expect(comparisonText(comparison)).toContain(
    [
      'configuration of proxies, one (a and b): the same on 0 of 14, certificates aside',
      '  on all 14 proxies: max_hosts added to 2 clusters (outbound|5000||helloworld.sample.svc.cluster.local, outbound|53||kube-dns.kube-system.svc.cluster.local): 7 (circuit_breakers.thresholds[0].max_hosts)',
    ].join('\n'),
  );
});

test('a file that is written can be read, and its values are one a line', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'configuration-'));
  try {
    const one = { ...recorded(), topology: 'multi-network-multi-primary' };
    await writeConfiguration(folder, one);
    const configuration = configurationPath(one.topology);
    expect(await readConfigurations(folder, sampleRecord([sampleTopology({ configuration })]))).toEqual([one]);
    const lines = readFileSync(
      path.join(folder, 'proxy-configuration', 'multi-network-multi-primary.json'),
      'utf8',
    ).split('\n');
    expect(lines.filter((line) => /^ {2}"[0-9a-f]{12}": /.test(line))).toHaveLength(Object.keys(one.values).length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('names are read from the clusters; where ranges overlap, those of the proxy’s own cluster count', () => {
  const pod = (name: string, ip: string, owner: string, hash?: string) => ({
    metadata: {
      name,
      namespace: 'sample',
      labels: (hash ? { 'pod-template-hash': hash } : {}) as Record<string, string>,
      ownerReferences: [{ apiVersion: 'v1', kind: 'x', uid: 'u', name: owner }],
    },
    status: { podIPs: [{ ip }] },
  });
  const cluster = (name: string, workload: string) => ({
    cluster: name,
    pods: [
      pod(`${workload}-7d9f8b6c5-abcde`, '10.0.0.1', `${workload}-7d9f8b6c5`, '7d9f8b6c5'),
      pod(`db-${name}-0`, '10.0.0.2', `db-${name}`),
    ],
    services: [
      {
        metadata: { name: 'web', namespace: 'sample' },
        spec: { clusterIPs: ['None'] },
        status: { loadBalancer: { ingress: [{ ip: name === 'a' ? '1.2.3.4' : '1.2.3.5' }] } },
      },
    ],
    nodes: [],
  });
  const all = [cluster('a', 'one'), cluster('b', 'two')];
  expect(namesFor('a', all).addresses.get('10.0.0.1')).toBe('pod a/sample/one');
  expect(namesFor('b', all).addresses.get('10.0.0.1')).toBe('pod b/sample/two');
  expect(namesFor('b', all).addresses.get('1.2.3.4')).toBe('load balancer a/sample/web');
  expect(namesFor('a', all).pods.get('two-7d9f8b6c5-abcde')).toBe('two');
  expect(workloadOf(all[0]!.pods[1]!)).toBe('db-a');
});

test('APIs that are asked for although they are deprecated are read from the metrics of an API server', () => {
  const line = (labels: string, value: string) => `apiserver_requested_deprecated_apis{${labels}} ${value}\n`;
  const metrics = [
    '# TYPE apiserver_requested_deprecated_apis gauge\n',
    line('group="",removed_release="",resource="endpoints",subresource="",version="v1"', '1'),
    line('group="policy",removed_release="1.40",resource="podsecuritypolicies",subresource="",version="v1beta1"', '1'),
    line('group="batch",removed_release="1.25",resource="cronjobs",subresource="",version="v1beta1"', '0'),
  ].join('');
  expect(deprecatedApis(metrics)).toEqual([
    'Kubernetes endpoints v1 is asked for',
    'Kubernetes podsecuritypolicies policy/v1beta1 is asked for, which Kubernetes 1.40 removes',
  ]);
});

test('options that are deprecated are read from the log of an Envoy, each once', () => {
  const said = (what: string) =>
    `2026-11-30T10:00:00Z\twarning\tenvoy misc\tUsing deprecated ${what} from file route.proto. This configuration will be removed from Envoy soon.\n`;
  const log =
    said("option 'envoy.config.route.v3.RouteAction.max_grpc_timeout'").repeat(2) +
    said("value HIDDEN_AUTO for enum 'envoy.config.core.v3.ApiVersion'") +
    'info\tall clusters initialized\n';
  expect(deprecatedOptions(log)).toEqual(['HIDDEN_AUTO', 'envoy.config.route.v3.RouteAction.max_grpc_timeout']);
});

test('a comparison says which deprecations are new, gone or still there', () => {
  const of = (...found: string[]): RecordedConfiguration => ({
    schemaVersion: 1,
    topology: 'one',
    proxies: [],
    notAsked: [],
    deprecations: { found, unknown: [] },
    values: {},
  });
  const { deprecations } = compareConfiguration(of('a', 'b'), of('b', 'c'));
  expect(deprecations).toEqual({ appeared: ['c'], gone: ['a'], stay: ['b'] });
  const { deprecations: _, ...older } = of();
  expect(compareConfiguration(older, of('a')).deprecations).toBeUndefined();
});
