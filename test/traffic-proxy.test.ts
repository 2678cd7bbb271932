import { expect, test } from 'vitest';
import { readIstiodVersions, readProxyStatus, readRemoteClusters } from '../src/probe/control-plane.js';
import { Batch } from '../src/probe/batch-answers.js';
import { entriesOfCalls, readAccessLog, type AccessLogEntry } from '../src/probe/access-log.js';
import { endpointsIn, whichIstiods } from '../src/probe/proxy.js';

// The texts are shortened output of Istio 1.30.4 and 1.31.0 with Envoy 1.40.

test('remote-clusters is read by its headings, with and without REVISION', () => {
  const of131 = [
    'NAME         SECRET                                        STATUS     ISTIOD                      REVISION',
    'cluster1                                                   synced     istiod-5c968b8ccd-lgsnl     default',
    'cluster2     istio-system/istio-remote-secret-cluster2     timeout    istiod-5c968b8ccd-lgsnl     default',
  ].join('\n');
  const of130 = of131.replaceAll('     default', '').replace('                      REVISION', '');
  for (const text of [of131, of130]) {
    expect(readRemoteClusters(text)).toEqual([
      { name: 'cluster1', secret: '', status: 'synced', istiod: 'istiod-5c968b8ccd-lgsnl' },
      {
        name: 'cluster2',
        secret: 'istio-system/istio-remote-secret-cluster2',
        status: 'timeout',
        istiod: 'istiod-5c968b8ccd-lgsnl',
      },
    ]);
  }
  expect(readRemoteClusters('')).toEqual([]);
});

test('proxy-status says for every proxy where it runs, its version and its xDS types', () => {
  const type = 'type.googleapis.com/envoy.config';
  const text = JSON.stringify({
    resources: [
      {
        node: {
          id: 'sleep-1.sample',
          metadata: { CLUSTER_ID: 'cluster1', ISTIO_VERSION: '1.31.0', NAMESPACE: 'sample' },
        },
        genericXdsConfigs: [
          { typeUrl: `${type}.cluster.v3.Cluster`, configStatus: 'SYNCED' },
          { typeUrl: `${type}.endpoint.v3.ClusterLoadAssignment`, configStatus: 'STALE' },
        ],
      },
    ],
  });
  expect(readProxyStatus(text)).toEqual([
    { id: 'sleep-1.sample', cluster: 'cluster1', version: '1.31.0', xds: { CDS: 'SYNCED', EDS: 'STALE' } },
  ]);
  expect(readProxyStatus('{"versionInfo":"x"}')).toEqual([]);
});

test('endpoints carry address, health, weight and locality; other upstream clusters are left out', () => {
  const name = 'outbound|5000||helloworld.sample.svc.cluster.local';
  const host = {
    address: { socket_address: { address: '172.18.12.0', port_value: 15443 } },
    health_status: { eds_health_status: 'HEALTHY', failed_outlier_check: true },
    weight: 2,
    priority: 1,
    locality: { region: 'region2', zone: 'region2-zone1' },
    stats: [
      { name: 'cx_active', value: '1' },
      { name: 'cx_total', value: '3' },
    ],
  };
  const dump = {
    cluster_statuses: [{ name, host_statuses: [host] }, { name: `${name}.other`, host_statuses: [host] }, { name }],
  };
  expect(endpointsIn(dump, name)).toEqual([
    {
      address: '172.18.12.0:15443',
      health: 'HEALTHY',
      ejected: true,
      weight: 2,
      priority: 1,
      region: 'region2',
      zone: 'region2-zone1',
      connections: 3,
    },
  ]);
  expect(endpointsIn({}, name)).toEqual([]);
});

test('the access log is what stands between the messages of Envoy', () => {
  const entry = {
    request_id: 'a',
    path: '/hello',
    response_code: 200,
    response_flags: '-',
    upstream_host: '10.10.0.7:5000',
    upstream_cluster: 'x',
  };
  const text = [
    '2026-11-21T08:51:48Z\tinfo\tEnvoy proxy is ready',
    JSON.stringify(entry),
    '{"level":"info"}',
    '{"cut off',
  ].join('\n');
  expect(readAccessLog(text)).toEqual([entry]);
});

test("entries are those with the id of a call, with its address, or of a connection that is nobody else's", () => {
  const call = (id: string, from?: string) => ({ id, from, code: 0, exit: 56, ms: 1, body: '' });
  const calls = [call('http', '10.0.0.1:1'), call('tcp', '10.0.0.1:2'), call('reset'), call('nowhere')];
  const changed = { ...call('another port', '10.0.0.1:7'), to: '192.0.2.1:18080' };
  const batch = new Batch('cluster1', '192.0.2.1:18080/x', calls, [], '', 'curl', Date.parse('2026-01-01T00:00:10Z'));
  const entry = (request_id: string | null, port: number, more: Partial<AccessLogEntry> = {}) =>
    ({
      request_id,
      downstream_remote_address: `10.0.0.1:${port}`,
      downstream_local_address: '192.0.2.1:18080',
      start_time: '2026-01-01T00:00:10.500Z',
      ...more,
    }) as AccessLogEntry;
  const elsewhere = entry(null, 6, { downstream_local_address: '192.0.2.9:18080' });
  const log = [
    entry('http', 1),
    entry(null, 2),
    entry(null, 3, { downstream_local_address: '192.0.2.1:18443' }),
    entry(null, 4, { start_time: '2026-01-01T00:00:09Z' }),
    entry(null, 5),
  ];
  expect(entriesOfCalls([batch], log)).toEqual([[log[0]], [log[1]], [log[4]], []]);
  const other = new Batch('cluster1', batch.url, [...calls.slice(0, 2), changed], [], '', 'curl', batch.sentAt);
  expect(entriesOfCalls([other], [elsewhere, ...log])).toEqual([[log[0]], [log[1]], [log[4]]]);
  // the port of a call is in use for another address as well
  const twice = { ...call('twice', '10.0.0.1:6'), to: '192.0.2.1:18080' };
  const alike = new Batch('cluster1', batch.url, [twice], [], '', 'curl', batch.sentAt);
  expect(entriesOfCalls([alike], [elsewhere, entry(null, 6)])).toEqual([[entry(null, 6)]]);
  expect(entriesOfCalls([alike], [elsewhere, entry(null, 5)])).toEqual([[entry(null, 5)]]);
  // HTTP/2: two calls on one connection, whose port was changed on the way
  const together = new Batch(
    'cluster1',
    batch.url,
    [changed, { ...changed, id: 'same' }],
    [],
    '',
    'curl',
    batch.sentAt,
  );
  expect(entriesOfCalls([together], log.slice(3))).toEqual([[log[4]], [log[4]]]);
  // the next batch has the same port again, on a connection of its own
  const later = new Batch('cluster1', batch.url, [changed], [], '', 'curl', batch.sentAt);
  expect(entriesOfCalls([together, later], [log[4]!, entry(null, 8)])).toEqual([[log[4]], [log[4]], [entry(null, 8)]]);
});

test('the istiod of a named revision is counted like the default one, and no other component', () => {
  const of = (Component: string, Revision: string, version: string) => ({ Component, Revision, Info: { version } });
  const read = (...meshVersion: object[]) => readIstiodVersions(JSON.stringify({ clientVersion: {}, meshVersion }));
  expect(read(of('pilot', 'default', '1.30.4-lab'))).toEqual(['1.30.4-lab']);
  expect(read(of('istiod', 'canary', '1.31.0-lab'), of('ztunnel', '', '1.31.0'))).toEqual(['1.31.0-lab']);
  expect(readIstiodVersions('{"clientVersion":{},"meshVersion":null}')).toEqual([]);
});

test('istioctl asks the istiods of one revision, the default one too: without a revision it asks all of them', () => {
  expect(whichIstiods({ namespace: 'istio-system', revision: 'default' })).toEqual(['--revision', 'default']);
  expect(whichIstiods({ namespace: 'istio-new', revision: '1-31-0' })).toEqual([
    ...['--istioNamespace', 'istio-new'],
    ...['--revision', '1-31-0'],
  ]);
});
