import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scaleTimeLimits } from '../src/kernel/time-limits.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { LoadIngress } from '../src/scenario/ingress/load-ingress.js';
import { workloadsIn } from '../src/scenario/load-objects.js';
import type { LoadPlan } from '../src/scenario/load-plan.js';
import { FakeApiServer } from './helpers/api-server.js';

let server: FakeApiServer;
let image: string;
let refusal: string | undefined;
let address: string | undefined;
const notes: string[] = [];

beforeEach(async () => {
  server = await FakeApiServer.start();
  [image, refusal, address] = ['proxyv2:1.31.0', undefined, '172.18.1.2'];
  notes.splice(0);
  // its waits are those of a load balancer: the answers here come at once or never
  scaleTimeLimits(0.05);
  server.answer = (url, method) => {
    if (url === '/api/v1')
      return { status: 200, body: { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] } };
    if (url.includes('dryRun=All') && refusal !== undefined) return { status: 500, body: { message: refusal } };
    if (url.includes('dryRun=All'))
      return { status: 201, body: { spec: { containers: [{ name: 'istio-proxy', image }] } } };
    if (method === 'GET' && url.endsWith('/services/ingress'))
      return {
        status: 200,
        body: { spec: {}, status: { loadBalancer: { ingress: address ? [{ ip: address }] : [] } } },
      };
    return { status: 200, body: {} };
  };
});
afterEach(async () => {
  scaleTimeLimits(1);
  await server.stop();
});

const handle = (): ClusterHandle => server.cluster as ClusterHandle;
const removed = (): string[] => server.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url);
const everything = [
  '/apis/apps/v1/namespaces/load-1/deployments/ingress',
  '/apis/apps/v1/namespaces/load-1/deployments/client-outside-a',
  '/apis/apps/v1/namespaces/load-1/deployments/client-outside-b',
  '/api/v1/namespaces/load-1/services/ingress',
];
/** Tried as a load does it. */
const begun = async (): Promise<{ ingress: LoadIngress; found: boolean }> => {
  const ingress = new LoadIngress('load-1', (text) => notes.push(text));
  await ingress.tryInjection(handle());
  return { ingress, found: await ingress.findAddress(handle()) };
};

describe('the gateway of a cluster', () => {
  test('is there with its address where a dry run comes back with a proxy and a load balancer answers', async () => {
    const { ingress, found } = await begun();
    expect(found).toBe(true);
    expect(ingress.known).toEqual({ cluster1: { is: 'there', address: '172.18.1.2' } });
    const tried = server.seen.find(({ url }) => url.includes('dryRun=All'))!;
    expect(tried.url).toContain('/api/v1/namespaces/load-1/pods/ingress-check?');
    expect(JSON.parse(tried.body)).toMatchObject({
      metadata: { annotations: { 'inject.istio.io/templates': 'gateway' } },
    });
    expect(removed()).toEqual([]);
  });

  test('is impossible where injection leaves the pod alone, or refuses it; nothing is removed that was never made', async () => {
    image = 'auto';
    const alone = await begun();
    expect([alone.found, alone.ingress.known['cluster1']?.is]).toEqual([false, 'impossible']);
    refusal = 'requested template gateway not found';
    const { known } = (await begun()).ingress;
    expect(known['cluster1']).toMatchObject({ is: 'impossible' });
    expect(JSON.stringify(known)).toContain('requested template gateway not found');
    expect(removed()).toEqual([]);
  });

  test('is silent, and removed, where no load balancer gives an address within the limit', async () => {
    address = undefined;
    const { ingress, found } = await begun();
    expect(found).toBe(false);
    expect(ingress.known['cluster1']).toEqual({
      is: 'silent',
      why: 'Service ingress got no address within 3 s; a load balancer must give one',
    });
    expect(removed()).toEqual(everything);
    expect(notes).toHaveLength(1);
  });

  test('is silent, and removed with its clients, where nothing is answered at its address', async () => {
    const { ingress } = await begun();
    const plan: LoadPlan = { namespace: 'load-1', clusters: ['cluster1'], image: 'i', labels: {}, perSecond: 10 };
    const forgotten = await ingress.answered([handle()], plan, async () => []);
    expect(forgotten).toEqual(['cluster1/outside-a', 'cluster1/outside-b']);
    expect(ingress.known['cluster1']).toEqual({
      is: 'silent',
      why: 'nothing was answered at 172.18.1.2 within 6 s; the last call: no call was made',
    });
    expect(removed()).toEqual(everything);
  });
});

test('a load that follows another revision restarts its servers, its gateway, then its clients; those outside have no proxy', () => {
  const ingress = { a: { is: 'there', address: '1.2.3.4' }, b: { is: 'silent', why: 'no address' } } as const;
  expect(workloadsIn({ ingress }, 'a')).toEqual({
    inMesh: ['server', 'ingress', 'client-a', 'client-b'],
    outside: ['client-outside-a', 'client-outside-b'],
  });
  expect(workloadsIn({ ingress }, 'b')).toEqual({ inMesh: ['server', 'client-a', 'client-b'], outside: [] });
});
