import type { V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOfIstio, obstacles } from '../src/probe/obstacles.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
beforeAll(async () => void (api = await FakeApiServer.start()));
afterAll(() => api.stop());

interface Namespace {
  pods?: V1Pod[];
  deployments?: V1Deployment[];
  statefulsets?: V1StatefulSet[];
  events?: object[];
}

async function found(namespace: Namespace): Promise<string[]> {
  api.answer = (url) => {
    const [, what] = /\/namespaces\/own\/(\w+)/.exec(url)!;
    return { status: 200, body: { items: namespace[what as keyof Namespace] ?? [] } };
  };
  return obstacles(api.cluster, 'own');
}

const pod = (status: V1Pod['status']): V1Pod => ({ metadata: { name: 'p' }, status });
const waiting = (reason: string): V1Pod =>
  pod({
    containerStatuses: [
      { name: 'c', image: 'echo:1', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason } } },
    ],
  });
const noCpu = pod({
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    },
  ],
});
const refused = (message: string): V1Deployment => ({
  metadata: { name: 'd' },
  status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message }] },
});

test('pods without room or image, and those that a quota refuses, are obstacles', async () => {
  expect(await found({ pods: [noCpu] })).toEqual([
    expect.stringMatching(
      /^cluster1\/own: pod p cannot be scheduled: .* Insufficient cpu.; to do: lower the CPU requests/,
    ),
  ]);
  expect(await found({ pods: [waiting('ImagePullBackOff'), waiting('ErrImagePull')] })).toEqual([
    expect.stringMatching(/pod p cannot pull image echo:1 \(ImagePullBackOff\)/),
    expect.stringMatching(/pod p cannot pull image echo:1 \(ErrImagePull\)/),
  ]);
  expect(await found({ deployments: [refused('pods "d-1" is forbidden: exceeded quota: small')] })).toEqual([
    expect.stringMatching(/the pods of deployment d are refused: .* exceeded quota: small; to do: allow/),
  ]);
});

test('a StatefulSet that lacks pods says why by its events', async () => {
  const set = (replicas: number): V1StatefulSet =>
    ({ metadata: { name: 's', uid: '1' }, spec: { replicas: 1 }, status: { replicas } }) as V1StatefulSet;
  const events = [
    { involvedObject: { uid: '1' }, message: 'exceeded quota' },
    { involvedObject: { uid: '2' }, message: '-' },
  ];
  expect(await found({ statefulsets: [set(0)], events })).toEqual([
    expect.stringMatching(/the pods of statefulset s are refused: exceeded quota/),
  ]);
  expect(await found({ statefulsets: [set(1)], events })).toEqual([]);
});

test('what the mesh itself does to pods is no obstacle', async () => {
  const webhook = 'failed calling webhook "rev.object.sidecar-injector.istio.io": connection refused';
  expect(await found({ deployments: [refused(`Internal error occurred: ${webhook}`)] })).toEqual([]);
  expect(await found({ pods: [waiting('CrashLoopBackOff'), waiting('CreateContainerConfigError')] })).toEqual([]);
  expect(await found({ pods: [waiting('ContainerCreating'), pod({ phase: 'Running' })] })).toEqual([]);
});

test('a pod that is Pending for a moment is no obstacle', async () => {
  const young = { ...noCpu, metadata: { name: 'p', creationTimestamp: new Date(Date.now() - 2000) } };
  const old = { ...noCpu, metadata: { name: 'p', creationTimestamp: new Date(Date.now() - 60_000) } };
  expect(await found({ pods: [young] })).toEqual([]);
  expect(await found({ pods: [old] })).toHaveLength(1);
});

test("pods of others beside Istio's own are not looked at", async () => {
  const labelled = (labels: Record<string, string>): V1Pod => ({
    ...waiting('ErrImagePull'),
    metadata: { name: 'p', labels },
  });
  api.answer = (url) => ({
    status: 200,
    body: { items: url.includes('/pods') ? [labelled({ app: 'kiali' }), labelled({ app: 'istiod' })] : [] },
  });
  expect(await obstacles(api.cluster, 'istio-system', { only: isOfIstio })).toHaveLength(1);
});
