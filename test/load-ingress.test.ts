import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { changeLines } from '../src/record/change-lines.js';
import type { ChangeRecord } from '../src/record/change-record.js';
import { noLoss } from '../src/scenario/budgets.js';
import type { IngressState } from '../src/scenario/ingress/ingress-state.js';
import { noGateway, unanswered } from '../src/scenario/ingress/load-ingress.js';
import { judgeChange, type ChangeFacts } from '../src/scenario/judge-change.js';
import { judgePath } from '../src/scenario/judge-path.js';
import { loadObjects } from '../src/scenario/load-objects.js';
import type { LoadPlan } from '../src/scenario/load-plan.js';
import { allSeries, firstSeriesOf } from '../src/scenario/load-series.js';
import { newConnection } from '../src/scenario/load/http-lane.js';
import { proveRetries } from '../src/scenario/load/prove-retries.js';
import { isOnPath, type PlacedEvent } from '../src/scenario/placed-event.js';
import { SampleStore, type SampleSeries } from '../src/scenario/sample-store.js';
import { placeInLoad } from '../src/scenario/watch-mesh.js';
import { judging, lost, phases, series } from './helpers/load-calls.js';

const there: IngressState = { is: 'there', address: '172.18.1.2' };
const plan: LoadPlan = {
  namespace: 'load-1',
  clusters: ['a', 'b'],
  image: 'i',
  labels: {},
  perSecond: 10,
  ingress: { a: there, b: { is: 'there' } },
};

interface Made {
  kind: string;
  metadata: { name: string; namespace: string };
  data?: Record<string, string>;
  spec: {
    type?: string;
    replicas?: number;
    selector?: Record<string, unknown>;
    strategy?: unknown;
    exportTo?: string[];
    hosts?: string[];
    gateways?: string[];
    http?: { route: { destination: object }[] }[];
    servers?: object[];
    template?: {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: { containers: { name: string; image: string }[] };
    };
  };
}
const objects = (cluster: string, primary = true, of = plan): Made[] => loadObjects(of, cluster, {}, primary) as Made[];
const named = (cluster: string, name: string, primary = true): Made[] =>
  objects(cluster, primary).filter(({ metadata }) => metadata.name === name);

describe('the ingress gateway of the load', () => {
  test('is injected by what the namespace follows, and a roll-out never leaves one pod alone', () => {
    const deployment = named('a', 'ingress').find(({ kind }) => kind === 'Deployment')!;
    const { replicas, strategy, template, selector } = deployment.spec;
    expect({ replicas, strategy }).toEqual({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    expect(template!.metadata.annotations).toEqual({ 'inject.istio.io/templates': 'gateway' });
    expect(template!.metadata.labels).toEqual({ ingress: 'load-1', 'sidecar.istio.io/inject': 'true' });
    expect(template!.spec.containers).toMatchObject([{ name: 'istio-proxy', image: 'auto' }]);
    expect(selector).toEqual({ matchLabels: { ingress: 'load-1' } });
    const service = named('a', 'ingress').find(({ kind }) => kind === 'Service')!;
    expect(service.spec).toMatchObject({ type: 'LoadBalancer', selector: { ingress: 'load-1' } });
  });

  test('gets its routes in primaries: each host goes to the servers of one cluster, for this namespace alone', () => {
    expect(named('a', 'ingress').map(({ kind }) => kind)).toEqual(['Service', 'Deployment', 'Gateway']);
    expect(named('b', 'ingress', false).map(({ kind }) => kind)).toEqual(['Service', 'Deployment']);
    const gateway = named('a', 'ingress').find(({ kind }) => kind === 'Gateway')!;
    expect(gateway.spec.selector).toEqual({ ingress: 'load-1' });
    expect(gateway.spec.servers).toEqual([{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['./*'] }]);
    const host = 'to-b.load-1.svc.cluster.local';
    const [rule] = named('a', 'ingress-to-b');
    expect(rule!.spec).toEqual({
      hosts: [host],
      gateways: ['ingress'],
      exportTo: ['.'],
      http: [{ route: [{ destination: { host, port: { number: 8080 } } }] }],
    });
    expect(named('a', 'ingress-to-b', false)).toEqual([]);
    expect(objects('a').every(({ metadata }) => metadata.namespace === 'load-1')).toBe(true);
  });

  test('is not there where the data plane injects none; others have routes for theirs all the same', () => {
    const impossible = { is: 'impossible', why: 'no template' } as const;
    const none = { ...plan, ingress: { a: impossible, b: there } satisfies LoadPlan['ingress'] };
    const names = objects('a', true, none).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toContain('Gateway ingress');
    expect(names).not.toContain('Deployment ingress');
    expect(names).not.toContain('Service ingress');
    const nowhere = { ...plan, ingress: { a: impossible } satisfies LoadPlan['ingress'] };
    expect(objects('a', true, nowhere).map(({ kind }) => kind)).not.toContain('Gateway');
  });
});

describe('a client outside of the mesh', () => {
  test('has no proxy, and is there once its gateway has an address', () => {
    const clients = (cluster: string): Made[] =>
      objects(cluster).filter(({ metadata }) => metadata.name.startsWith('client-outside'));
    expect(clients('a').map(({ metadata }) => metadata.name)).toEqual(['client-outside-a', 'client-outside-b']);
    expect(clients('a')[0]!.spec.template!.metadata.labels).toEqual({
      app: 'client',
      client: 'outside-a',
      'sidecar.istio.io/inject': 'false',
    });
    // without an address there is nobody to call
    expect(clients('b')).toEqual([]);
  });

  test('calls the address for the servers of each cluster, and itself; the second one half an interval later', () => {
    const text = objects('a').find(({ kind }) => kind === 'ConfigMap')!.data!['config.json']!;
    const { clients } = JSON.parse(text) as { clients: Record<string, { stagger: number; series: object[] }> };
    expect(Object.entries(clients).map(([name, { stagger }]) => [name, stagger])).toEqual([
      ['a', 0],
      ['b', 0.5],
      ['outside-a', 0],
      ['outside-b', 0.5],
    ]);
    const call = (cluster: string) => ({
      lane: 'ingress',
      cluster,
      host: '172.18.1.2',
      port: 8080,
      authority: `to-${cluster}.load-1.svc.cluster.local`,
    });
    expect(clients['outside-a']!.series).toEqual([
      { lane: 'control', cluster: 'self', host: '127.0.0.1', port: 8099 },
      call('a'),
      call('b'),
    ]);
  });

  test('has its series behind those of the others, with one control for both', () => {
    const all = allSeries(plan, 'a').map(({ lane, cluster }) => `${lane} ${cluster}`);
    expect(all.slice(-4)).toEqual(['grpc-stream b', 'control self', 'ingress a', 'ingress b']);
    expect([firstSeriesOf(plan, 'a/b'), firstSeriesOf(plan, 'a/outside-a')]).toEqual([0, 10]);
    const store = new SampleStore();
    store.addPod('p', { client: 'a/outside-a', cluster: 'a', shift: 0, firstSeries: 10 });
    store.add('p', [
      { begin: 1_000, intervalMs: 100, offsets: [0, 30, 60] },
      { names: ['b/server-1'], samples: [[2, 1, 0, 5, 0]] },
    ]);
    expect(store.series).toMatchObject([{ index: 12, samples: [{ tick: 1_160, answer: { by: 'b/server-1' } }] }]);
    store.forget(['a/outside-a']);
    expect(store.series).toEqual([]);
  });

  test('names the host that it wants at an address', async () => {
    const server = http.createServer(({ headers }, response) =>
      response.end(JSON.stringify({ pod: headers.host, cluster: 'b', late: 0 })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answer = await newConnection({ url, cluster: 'b', timeoutMs: 5_000, authority: 'to-b.example' })();
    server.close();
    expect(answer).toMatchObject({ kind: 'ok', by: 'b/to-b.example' });
  });

  test('says nothing of retries: it has no lane without them', async () => {
    const said: string[] = [];
    await proveRetries([{ lane: 'ingress', cluster: 'a', host: '127.0.0.1', port: 9 }], (says) => said.push(says));
    expect(said).toEqual([]);
  });
});

describe('what happens to the gateway of the load', () => {
  const shape = { networkOf: { a: 'n1', b: 'n2' }, primaryOf: { a: 'a', b: 'b' } };
  const ended: PlacedEvent = { at: 0, cluster: 'a', kind: 'pod-terminating', says: 'began', place: 'ingress' };

  test('is on the paths through it alone', () => {
    const on = (from: string, to: string, lane: 'ingress' | 'new') =>
      isOnPath(ended, { from, to, lane }, `${from}/outside-a`, shape);
    expect(on('a', 'b', 'ingress')).toBe(true);
    expect(on('a', 'a', 'ingress')).toBe(true);
    expect(on('b', 'a', 'ingress')).toBe(false);
    expect(on('a', 'b', 'new')).toBe(false);
  });

  test('is named as the cause of what is lost there', () => {
    const path = { from: 'east', to: 'west', lane: 'ingress' as const };
    const event: PlacedEvent = { ...ended, at: 6_050, cluster: 'east', says: 'pod ingress-1 began to terminate' };
    const { gaps } = judgePath(path, [series(lost(6_000, 6_400))], judging({ events: [event] }));
    expect(gaps[0]!.causes).toMatchObject([{ says: 'pod ingress-1 began to terminate', cluster: 'east' }]);
  });

  test('is told from what happens to servers and clients by labels', () => {
    expect(placeInLoad('a', { ingress: 'load-1' })).toEqual({ place: 'ingress' });
    expect(placeInLoad('a', { 'kubernetes.io/service-name': 'ingress' })).toEqual({ place: 'ingress' });
    expect(placeInLoad('a', { app: 'client', client: 'outside-a' })).toEqual({
      place: 'client',
      client: 'a/outside-a',
    });
    expect(placeInLoad('a', { app: 'server' })).toEqual({ place: 'server' });
    expect(placeInLoad('a', { 'kubernetes.io/service-name': 'to-b' })).toEqual({ place: 'server' });
  });
});

describe('a gateway', () => {
  const pod = (image: string) => ({ spec: { containers: [{ name: 'istio-proxy', image }] } });

  test('is injected where its container gets an image', () => {
    expect(noGateway(pod('docker.io/istio/proxyv2:1.31.0'))).toBeUndefined();
    expect(noGateway(pod('auto'))).toMatch(/kept the image auto/);
  });

  test('answers where any path through it does, and what the last call was told is kept', () => {
    const index = firstSeriesOf(plan, 'a/outside-a');
    const one = (at: number, kind: 'ok' | 'refused'): SampleSeries => ({
      client: 'a/outside-a',
      cluster: 'a',
      index: index + at,
      intervalMs: 100,
      samples: [{ tick: 0, start: 0, ms: 3, answer: { kind, ...(kind === 'refused' && { says: 'ECONNREFUSED' }) } }],
    });
    expect(unanswered(plan, 'a', [one(1, 'ok'), one(2, 'ok')])).toBeUndefined();
    expect(unanswered(plan, 'a', [one(1, 'ok'), one(2, 'refused')])).toEqual({ all: false, says: 'ECONNREFUSED' });
    expect(unanswered(plan, 'a', [one(1, 'refused')])).toEqual({ all: true, says: 'ECONNREFUSED' });
    expect(unanswered(plan, 'a', [])).toEqual({ all: true, says: 'no call was made' });
  });
});

describe('the record of a change', () => {
  const handle = (name: string) => ({ name, network: name });
  const record = (ingress: LoadPlan['ingress']): ChangeRecord => {
    const of = { ...plan, ingress };
    const calls = plan.clusters.flatMap((cluster) =>
      allSeries(of, cluster).flatMap(({ lane }, index): SampleSeries[] =>
        lane === 'ingress' && !('address' in (ingress?.[cluster] ?? {}))
          ? []
          : [{ ...series(), client: `${cluster}/${lane === 'ingress' ? 'outside-a' : 'a'}`, cluster, index }],
      ),
    );
    const facts = {
      options: { id: 'guard', title: 't', mesh: { clusters: plan.clusters.map(handle) }, budgets: noLoss },
      load: { plan: of, store: { series: calls, events: [] }, pods: new Map() },
      ...{ startedAt: 0, endedAt: 20_000, phases, acts: [], events: [], notSeen: [], recovered: true },
      ...{ calibrated: [], perSecond: 5, worse: [], unknown: [] },
    };
    return judgeChange(facts as unknown as ChangeFacts);
  };
  const through = ({ paths }: ChangeRecord) => paths.filter(({ lane }) => lane === 'ingress');

  test('has a path from each gateway to the servers of each cluster', () => {
    const change = record({ a: there, b: there });
    expect(through(change).map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
      'a > a, ingress: within-budget',
      'a > b, ingress: within-budget',
      'b > a, ingress: within-budget',
      'b > b, ingress: within-budget',
    ]);
    expect(change.paths).toHaveLength(24);
    expect(change.load.lanesNotRun).toEqual([]);
    expect(change.verdict).toBe('within-budget');
  });

  test('leaves the paths of a gateway open that was never called, with the reason, and judges the others', () => {
    const change = record({ a: there, b: { is: 'silent', why: 'no address' } });
    expect(through(change).map(({ from, verdict, why }) => [from, verdict, why])).toEqual([
      ['a', 'within-budget', undefined],
      ['a', 'within-budget', undefined],
      ['b', 'undetermined', 'this lane never ran: no address'],
      ['b', 'undetermined', 'this lane never ran: no address'],
    ]);
    expect(change.verdict).toBe('undetermined');
    expect(change.load.lanesNotRun).toEqual([{ lane: 'ingress', why: 'b: no address' }]);
    expect(changeLines(change)).toContain('  lane ingress did not run: b: no address');
  });

  test('has no path where there can be no gateway, and says so', () => {
    const change = record({ a: there, b: { is: 'impossible', why: 'no template' } });
    expect(through(change).map(({ from }) => from)).toEqual(['a', 'a']);
    expect(change.verdict).toBe('within-budget');
    expect(change.load.lanesNotRun).toEqual([{ lane: 'ingress', why: 'b: no template' }]);
  });
});
