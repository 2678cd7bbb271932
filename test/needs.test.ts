import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { askNeeds, cpusOf } from '../src/check/behaviour-needs.js';
import { outOfReach } from '../src/check/image-needs.js';
import { imageRoles } from '../src/topology/environment-types.js';
import type { Plan } from '../src/topology/plan-types.js';
import { FakeApiServer } from './helpers/api-server.js';

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['0.5', 0.5],
  ['100u', 0.0001],
  ['1k', 1000],
  ['', 0],
])('%j is %d CPUs', (quantity, cpus) => {
  expect(cpusOf(quantity)).toBeCloseTo(cpus, 9);
});

test('an image is out of reach where a node refuses it, or has not got it in time', () => {
  const status = (i: number, imageID: string, reason?: string) => ({
    name: `image-${i}`,
    image: `i${i}`,
    imageID,
    ready: false,
    restartCount: 0,
    state: reason ? { waiting: { reason } } : {},
  });
  const containerStatuses = [
    status(0, 'sha256:1'),
    status(1, '', 'ErrImagePull'),
    status(2, '', 'ContainerCreating'),
    status(3, '', 'CreateContainerError'),
  ];
  const pod: V1Pod = {
    metadata: { name: 'p' },
    spec: { nodeName: 'n1', containers: [] },
    status: { containerStatuses },
  };
  expect(outOfReach('c1', [pod], ['i0', 'i1', 'i2', 'i3'])).toEqual({
    i1: 'c1: node n1 cannot pull image i1 (ErrImagePull)',
    i2: 'c1: node n1 did not get i2 within 180 s',
  });
});

const plan = {
  runId: 'a123456789',
  environment: { cpuRequest: '10m' },
  images: Object.fromEntries(imageRoles.map((role) => [role, `${role}:1`])),
} as unknown as Plan;

test('pods that may not be tried leave it open whether images can be had, and the namespace is removed', async () => {
  const api = await FakeApiServer.start();
  const message = 'pods "images-0" is forbidden: violates PodSecurity "restricted:latest"';
  api.answer = (url, method) => {
    if (url.includes('selfsubjectaccessreviews')) return { status: 201, body: { status: { allowed: true } } };
    if (method === 'PATCH' && url.includes('/pods/')) return { status: 403, body: { message } };
    const kinds = ['Namespace', 'Pod'].map((kind) => ({
      name: `${kind.toLowerCase()}s`,
      kind,
      namespaced: kind === 'Pod',
    }));
    return {
      status: 200,
      body: url.startsWith('/api/v1?') || url === '/api/v1' ? { resources: kinds } : { items: [] },
    };
  };
  const unmet = await askNeeds(plan, [api.cluster]);
  expect(unmet).toMatchObject({ images: {}, room: {}, rights: [] });
  expect(unmet.unknown).toEqual([expect.stringContaining(message)]);
  expect(api.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url)).toEqual([
    expect.stringMatching(/^\/api\/v1\/namespaces\/own-[0-9a-f]{8}$/),
  ]);
  await api.stop();
});
