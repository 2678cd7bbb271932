import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeLines } from '../src/record/change-lines.js';
import { junit } from '../src/record/views/junit-view.js';
import type { MeshState } from '../src/mesh/mesh-state.js';
import { allInjected } from '../src/scenario/all-injected.js';
import { budgetOf, budgetsSchema } from '../src/scenario/budgets.js';
import { certainlyNew, newFindings, type Looked } from '../src/scenario/compare-findings.js';
import { verdictOf } from '../src/scenario/judge-change.js';
import { judgePath } from '../src/scenario/judge-path.js';
import { loadNamespace, loadObjects } from '../src/scenario/load-objects.js';
import { labelOf, pathsOf, seriesOf } from '../src/scenario/load-series.js';
import { findOwnCalls, type OwnCall } from '../src/scenario/own-calls.js';
import { parseOwnPath } from '../src/scenario/own-path.js';
import { isOnPath, type PlacedEvent } from '../src/scenario/placed-event.js';
import { readBudgets } from '../src/scenario/read-budgets.js';
import { FakeApiServer } from './helpers/api-server.js';
import { sampleChange, samplePath } from './helpers/change.js';
import { judging, lost, sample, series } from './helpers/load-calls.js';
import { sampleRecord, sampleTopology } from './helpers/record.js';

const text = 'deploy/web.front@east=cart.shop:8080';
const cart: OwnCall = {
  ...{ path: text, caller: 'deploy/web.front@east', from: 'east', to: 'cart.shop:8080', service: 'cart.shop' },
  ...{ host: 'cart.shop.svc.cluster.local', port: 8080, protocol: 'http', httpPath: '/' },
};
const queue: OwnCall = {
  ...{ path: 'west=queue.shop:6379', caller: 'west', from: 'west', to: 'queue.shop:6379', service: 'queue.shop' },
  ...{ host: 'queue.shop.svc.cluster.local', port: 6379, protocol: 'tcp', httpPath: '/' },
};
const plan = {
  ...{ namespace: 'load-1', clusters: ['east', 'west'], image: 'i', labels: { 'meshproof.dev/run': 'r' } },
  ...{ perSecond: 10, own: [cart, queue] },
};

describe("the user's services", () => {
  const calls = (caller: string) => seriesOf(plan, caller).filter(({ path: own }) => own !== undefined);

  test('are called from their own cluster alone, before the control: HTTP by two lanes, TCP by a connection', () => {
    expect(calls('east')).toEqual([
      { lane: 'new', cluster: 'cart.shop:8080', host: 'cart.shop.svc.cluster.local', port: 8080, path: '/' },
      { lane: 'reused', cluster: 'cart.shop:8080', host: 'cart.shop.svc.cluster.local', port: 8080, path: '/' },
    ]);
    expect(calls('west')).toMatchObject([{ lane: 'connect', host: 'queue.shop.svc.cluster.local', port: 6379 }]);
    expect(seriesOf(plan, 'west').at(-1)).toMatchObject({ lane: 'control' });
  });

  test('are paths in the order of their series', () => {
    const east = pathsOf(plan, 'east');
    expect(east).toHaveLength(seriesOf(plan, 'east').length - 1);
    expect(east.filter(({ own }) => own)).toEqual([
      { from: 'east', to: 'cart.shop:8080', lane: 'new', own: cart, index: 10 },
      { from: 'east', to: 'cart.shop:8080', lane: 'reused', own: cart, index: 11 },
    ]);
    expect(pathsOf({ ...plan, own: [] }, 'east')).toEqual(east.slice(0, -2));
  });

  test('change nothing of what the load makes, and nothing outside of its namespace', () => {
    const made = (own: OwnCall[]) =>
      loadObjects({ ...plan, own }, 'east', {}, true).map((object) => {
        const { kind, metadata } = object as { kind: string; metadata: { name: string; namespace: string } };
        return `${kind} ${metadata.namespace}/${metadata.name}`;
      });
    expect(made([cart, queue])).toEqual(made([]));
    expect(made([cart]).filter((one) => !one.includes(' load-1/'))).toEqual([]);
  });
});

test('the namespace of the load is labelled as everything of ours, and by the revision that it follows', () => {
  expect(loadNamespace(plan, { 'istio.io/rev': '1-30' })).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'load-1',
      labels: { 'meshproof.dev/run': 'r', 'meshproof.dev/lent': 'true', 'istio.io/rev': '1-30' },
    },
  });
});

test('a cluster whose name no Service may have gets another one there', () => {
  const clusters = ['east', 'Kubernetes', 'arn:aws:eks:eu-central-1:421234567890:cluster/west'];
  const labels = clusters.map((one) => labelOf({ clusters }, one));
  expect(labels).toEqual(['east', 'kubernetes--2', 'al-1-421234567890-cluster-west--3']);
  const found = loadObjects({ ...plan, clusters, own: [] }, 'Kubernetes', {}, true) as {
    kind: string;
    metadata: { name: string };
    spec?: { selector?: object };
  }[];
  const names = found.map(({ metadata }) => metadata.name);
  expect(names.filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))).toEqual([]);
  const of = (name: string) => found.find(({ metadata, kind }) => kind === 'Service' && metadata.name === name);
  expect(of('to-kubernetes--2')!.spec!.selector).toEqual({ app: 'server', cluster: 'kubernetes--2' });
});

describe('what happens to the mesh', () => {
  const shape = { networkOf: { east: 'n1', west: 'n2' }, primaryOf: { east: 'east', west: 'west' } };
  const event: PlacedEvent = { at: 0, cluster: 'west', kind: 'pod-deleted', says: 'gone', place: 'callee' };
  const own = { from: 'east', to: 'cart.shop:8080', own: cart };
  const on = (more: Partial<PlacedEvent>, called: Parameters<typeof isOnPath>[1] = own) =>
    isOnPath({ ...event, ...more }, called, 'east/a', shape);

  test('lies on the path to a service where it is of that service, in any cluster', () => {
    expect(on({ service: 'cart.shop' })).toBe(true);
    expect(on({ service: 'cart.shop', cluster: 'east' })).toBe(true);
    expect(on({ service: 'queue.shop' })).toBe(false);
    expect(on({ service: 'cart.shop' }, { from: 'east', to: 'west' })).toBe(false);
    expect(on({ place: 'server' })).toBe(false);
    expect(on({ place: 'istiod' })).toBe(true);
    // only what enters another network crosses a gateway
    expect(on({ place: 'gateway' })).toBe(true);
    expect(on({ place: 'gateway', cluster: 'east' })).toBe(false);
  });
});

describe('a path of the user is judged', () => {
  const called = { from: 'east', to: 'cart.shop:8080', lane: 'new' as const, own: cart };
  const answered = (status: number, at = 6_000) => sample(at, 'ok', { by: `HTTP ${status}` });

  test('as every other one, with a name of its own and the answers that it got', () => {
    const record = judgePath(called, [series({ 3_000: answered(404, 3_000), 6_000: answered(404) })], judging());
    expect(record).toMatchObject({
      id: 'deploy/web.front@east > cart.shop:8080, new',
      ...{ from: 'east', to: 'cart.shop:8080', path: text, lane: 'new', verdict: 'within-budget' },
      answeredBy: { 'HTTP 404': 2 },
    });
    expect(record).not.toHaveProperty('own');
    expect(judgePath(called, [series(lost(6_000, 6_400))], judging())).toMatchObject({ verdict: 'disrupted' });
    expect(judgePath(called, [], judging())).toMatchObject({ verdict: 'undetermined', why: 'this lane never ran' });
  });

  test('as undetermined where it answers with an error that it did not have before the change', () => {
    expect(judgePath(called, [series({ 6_000: answered(404) })], judging())).toMatchObject({
      verdict: 'undetermined',
      why: 'answered with HTTP 404 since the change, which it was not before',
    });
  });

  test('by the entry of the budgets that names it, or what it calls', () => {
    const reason = 'a reason that is long enough';
    const { budgets } = budgetsSchema.parse({
      budgets: [
        { path: text, lanes: ['reused'], gap: '2s', reason },
        { to: 'queue.shop:6379', gap: '1s', reason },
        { gap: '0s', reason },
      ],
    });
    expect(budgetOf(budgets, { ...called, lane: 'reused' })).toMatchObject({ gap: 2_000 });
    expect(budgetOf(budgets, called)).toMatchObject({ gap: 0 });
    expect(budgetOf(budgets, { from: 'east', to: 'west', lane: 'reused' })).toMatchObject({ gap: 0 });
    expect(budgetOf(budgets, { from: 'west', to: 'queue.shop:6379', lane: 'connect', own: queue })).toMatchObject({
      gap: 1_000,
    });
  });

  test('by no entry about a path that was not given: it is refused, with the nearest one', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'budgets-')), 'budgets.yaml');
    writeFileSync(file, 'budgets:\n  - { path: "east=cart.shop:80", gap: 1s, reason: a reason that is long enough }\n');
    expect(() => readBudgets(file, ['command'], ['east=cart.shop:8080'])).toThrow(
      'a budget names path east=cart.shop:80, but no --path option does',
    );
    expect(readBudgets(file, ['command'], ['east=cart.shop:80'])).toHaveLength(1);
  });

  test('and is a row of its own in the summary and in JUnit', () => {
    const own = samplePath({
      ...{ id: 'deploy/web.front@east > cart.shop:8080, new', from: 'east', to: 'cart.shop:8080', path: text },
      answeredBy: { 'HTTP 200': 297, 'HTTP 404': 3 },
    });
    const change = sampleChange({ paths: [own], compared: false });
    expect(changeLines(change)).toContain(
      '  deploy/web.front@east > cart.shop:8080, new: answered with HTTP 200 (297), HTTP 404 (3)',
    );
    expect(changeLines(change)).toContain('  findings before and after the change were not compared');
    const xml = junit(sampleRecord([sampleTopology({ changes: [change] })]));
    expect(xml).toContain('name="guard: deploy/web.front@east &gt; cart.shop:8080, new"');
  });
});

describe('checks before and after a change', () => {
  const finding = (check: string) => ({ check, cluster: 'east', says: 's', remedy: 'r', confidence: 'certain' });
  const looked = (findings: string[], unknown: string[] = []): Looked =>
    ({ findings: findings.map(finding), unknown: unknown.map((check) => ({ check, missing: 'no right' })) }) as Looked;

  test('find something new', () => {
    const found = newFindings(looked(['F-A']), looked(['F-A', 'F-B']));
    expect(found.map(({ check }) => check)).toEqual(['F-B']);
    expect(certainlyNew(looked(['F-A']), looked(['F-A', 'F-B']))).toMatchObject({
      worse: [{ check: 'F-B' }],
      unknown: [],
    });
  });

  test('that could not tell at one of the times say nothing: the change is undetermined, never within budget', () => {
    const { worse, unknown } = certainlyNew(looked([], ['F-A', 'F-C']), looked(['F-A'], ['F-B', 'F-C']));
    expect(worse).toEqual([]);
    expect(unknown).toEqual([
      'F-A: unknown before the change: no right',
      'F-C: unknown after the change: no right',
      'F-B: unknown after the change: no right',
    ]);
    const sound = [samplePath({ verdict: 'within-budget', gaps: [] })];
    expect(verdictOf(sound, { recovered: true, worse, unknown })).toEqual({
      verdict: 'undetermined',
      reasons: unknown,
    });
    expect(verdictOf(sound, { recovered: true, worse: [], unknown: [] }).verdict).toBe('within-budget');
    // a loss that is sure comes before what is not known
    expect(verdictOf([samplePath()], { recovered: true, worse, unknown }).verdict).toBe('disrupted');
  });
});

describe('on a mesh', () => {
  let api: FakeApiServer;
  beforeEach(async () => {
    api = await FakeApiServer.start();
  });
  afterEach(() => api.stop());

  const state = (): MeshState =>
    ({
      plan: { features: {} },
      clusters: ['east', 'west'].map((name) => ({
        ...{ name, context: `context-of-${name}`, kubeconfig: api.cluster.kubeconfig, role: 'primary' },
        ...{ istio: { namespace: 'istio-system', revision: 'default' } },
      })),
    }) as unknown as MeshState;
  const pod = (name: string, revision?: string): object => ({
    metadata: { name, namespace: 'front', ...(revision && { annotations: { 'istio.io/rev': revision } }) },
    spec: { containers: [{ name: 'app' }, ...(revision ? [{ name: 'istio-proxy' }] : [])] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const objects: Record<string, object> = {
    '/api/v1/namespaces/shop/services/cart': {
      spec: {
        ports: [
          { port: 8080, name: 'http' },
          { port: 9999, name: 'web' },
        ],
        selector: { app: 'cart' },
      },
    },
    '/api/v1/namespaces/front/pods/web-5d4-abcde': pod('web-5d4-abcde', '1-30'),
    '/api/v1/namespaces/front/pods/new-5d4-abcde': pod('new-5d4-abcde', '1-31'),
    '/api/v1/namespaces/front/pods/bare-5d4-abcde': pod('bare-5d4-abcde'),
  };
  const pods = Object.values(objects).slice(1);
  const answer = (url: string) => {
    const [where = ''] = url.split('?');
    if (where.endsWith('/pods')) return { status: 200, body: { items: pods } };
    return objects[where] ? { status: 200, body: objects[where] } : { status: 404, body: {} };
  };
  const find = (...texts: string[]) => {
    api.answer = answer;
    const names = ['context-of-east', 'context-of-west'];
    return findOwnCalls(
      state(),
      texts.map((one) => parseOwnPath(one, names)),
    );
  };

  test('a path is found by the context of its cluster, with its pods in all clusters and the revision of its workload', async () => {
    const found = await find('deploy/web.front@context-of-east=cart.shop:8080/health');
    expect(found).toEqual({
      calls: [
        {
          ...cart,
          path: 'deploy/web.front@context-of-east=cart.shop:8080/health',
          caller: 'deploy/web.front@context-of-east',
          to: 'cart.shop:8080/health',
          httpPath: '/health',
        },
      ],
      callees: ['east', 'west'].map((cluster) => ({ cluster, namespace: 'shop', name: 'cart', selector: 'app=cart' })),
      injection: { east: { 'istio.io/rev': '1-30' } },
    });
    expect(api.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('a path without a workload follows what the rest of the load follows', async () => {
    expect((await find('context-of-west=http://cart.shop:9999')).injection).toEqual({});
  });

  test.each([
    ['context-of-east=other.shop:8080', 'no cluster has a Service shop/other', 'a Service of this mesh'],
    ['context-of-east=cart.shop:80', 'the Service shop/cart has no port 80', 'one of 8080, 9999'],
    ['context-of-east=cart.shop:9999', 'the port names no protocol', 'a port 9999 whose name or appProtocol is http'],
    ['gone.front@context-of-east=cart.shop:8080', 'east has no pod of front/gone', 'a workload of namespace front'],
    ['bare.front@context-of-east=cart.shop:8080', 'front/bare-5d4-abcde of east has no sidecar', 'have a sidecar'],
  ])('%s is refused with what was expected', async (one, message, expected) => {
    const error = await find(one).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringContaining(message) as string,
      expected: expect.stringContaining(expected) as string,
      remedy: expect.any(String) as string,
    });
  });

  test('two workloads of one cluster with different revisions are refused: the load has one namespace there', async () => {
    const two = find('web.front@context-of-east=cart.shop:8080', 'new.front@context-of-east=cart.shop:8080');
    await expect(two).rejects.toThrow('the workloads of two paths follow different revisions in east');
  });

  test('a load without sidecars is an error: its calls would say nothing of the mesh', async () => {
    const of = (...items: object[]) => {
      api.answer = () => ({ status: 200, body: { items } });
      return allInjected(api.cluster, 'load-1', { 'istio.io/rev': '1-30' });
    };
    await of(pod('client-a', '1-30'), pod('server', '1-30'));
    await expect(of(pod('client-a', '1-30'), pod('server'))).rejects.toMatchObject({
      message: 'pods of the load have no sidecar: server',
      code: 4,
      where: 'cluster1/load-1',
      expected: 'a webhook of Istio that injects the pods of a namespace with the label istio.io/rev=1-30',
    });
  });
});
