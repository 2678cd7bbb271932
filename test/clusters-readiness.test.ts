import { expect, test } from 'vitest';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { adaptManifest } from '../src/provider/kind/metallb.js';
import { podTrouble, refusalOf } from '../src/kube/pod-trouble.js';
import { rolloutLacks } from '../src/kube/rollout.js';
import { currentSignal, settleAll, together } from '../src/kernel/cancellation.js';

const pod = (status: V1Pod['status'], metadata: V1Pod['metadata'] = {}): V1Pod => ({
  metadata: { name: 'p', ...metadata },
  status,
});
const waiting = (reason: string, message = ''): V1Pod =>
  pod({
    containerStatuses: [
      { name: 'c', image: 'i:1', imageID: '', ready: false, restartCount: 3, state: { waiting: { reason, message } } },
    ],
  });
const unschedulable = (message: string): V1Pod =>
  pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });

test.each([
  [waiting('ImagePullBackOff', 'not found'), 'image', /image i:1 \(ImagePullBackOff: not found\)/],
  [waiting('ErrImageNeverPull'), 'image', /ErrImageNeverPull/],
  [waiting('CrashLoopBackOff'), 'crash', /container c exited .* 3 restarts/],
  [waiting('CreateContainerConfigError', 'secret "x" not found'), 'config', /secret "x" not found/],
  [unschedulable('0/1 nodes are available: 1 Insufficient cpu.'), 'unschedulable', /Insufficient cpu/],
])('%# a pod that cannot become ready is named with its reason', (trouble, kind, reason) => {
  expect(podTrouble(trouble)).toMatchObject({ pod: 'p', kind, reason: expect.stringMatching(reason) as string });
});

test.each([
  ['on its way', waiting('ContainerCreating')],
  [
    'waiting for its node',
    unschedulable('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }'),
  ],
  ['being deleted', { ...waiting('CrashLoopBackOff'), metadata: { name: 'p', deletionTimestamp: new Date() } }],
])('a pod that is %s is in no trouble', (_, fine) => {
  expect(podTrouble(fine)).toBeUndefined();
});

test('a workload whose pods are refused says by whom, and one that was refused before says nothing', () => {
  const condition = { type: 'ReplicaFailure', reason: 'FailedCreate', message: 'failed calling webhook "w"' };
  const refused = (status: string) => ({ status: { conditions: [{ ...condition, status }] } });
  expect(refusalOf(refused('True'))).toBe(' (its pods are refused: failed calling webhook "w")');
  expect(refusalOf(refused('False')) + refusalOf({})).toBe('');
});

/** A Deployment that was changed three times, of so many replicas. */
const workload = (replicas: number, status: object): V1Deployment =>
  ({ metadata: { generation: 3 }, spec: { replicas }, status: { observedGeneration: 3, ...status } }) as V1Deployment;

test.each([
  [2, { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, undefined],
  [0, {}, undefined],
  [1, { observedGeneration: 2 }, 'is not updated yet: its controller has seen change 2 of 3'],
  [2, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, 'has 1 of 2 pods updated'],
  [1, { replicas: 1, availableReplicas: 1 }, 'has 0 of 1 pod updated, 1 old pod left'],
  [1, { replicas: 2, updatedReplicas: 1, availableReplicas: 1 }, 'has 1 pod ready, and waits for 1 pod to end'],
  [2, { replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, 'has 1 of 2 pods ready'],
  [0, { replicas: 2, updatedReplicas: 2 }, 'has 0 pods ready, and waits for 2 pods to end'],
])('of %i replicas with %j it is said what is missing', (replicas, status, lacks) => {
  expect(rolloutLacks(workload(replicas, status))).toBe(lacks);
});

test('a change that the watch has not been told of yet is waited for; refused pods are told', () => {
  const ready = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  expect(rolloutLacks(workload(1, ready), 4)).toBe('is not updated yet: its controller has seen change 3 of 4');
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
  expect(rolloutLacks(workload(1, { conditions }))).toContain('(its pods are refused: exceeded quota)');
});

test("MetalLB is installed with the plan's images, and without its webhook", () => {
  const manifest = [
    'kind: Deployment\nspec: {template: {spec: {containers: [{name: controller, image: a, args: [--port=1]}]}}}',
    'kind: DaemonSet\nspec: {template: {spec: {containers: [{name: speaker, image: b}]}}}',
    'kind: ValidatingWebhookConfiguration',
  ].join('\n---\n');
  const images = { 'metallb-controller': 'own/controller:1', 'metallb-speaker': 'own/speaker:1' } as Parameters<
    typeof adaptManifest
  >[1];
  const objects = parseAllDocuments(adaptManifest(manifest, images)).map((d) => d.toJS() as Record<string, unknown>);
  expect(objects.map((o) => o['kind'])).toEqual(['Deployment', 'DaemonSet', 'Secret']);
  expect(JSON.stringify(objects[0])).toContain(
    '"image":"own/controller:1","args":["--port=1","--webhook-mode=disabled"]',
  );
  expect(JSON.stringify(objects[1])).toContain('own/speaker:1');
});

test('when one part fails the others are told to end, and the first failure is thrown once all have ended', async () => {
  const ended: string[] = [];
  const slow = (): Promise<void> =>
    new Promise((_, reject) => {
      currentSignal().addEventListener('abort', () => {
        ended.push('slow');
        reject(new Error('was interrupted'));
      });
    });
  const work = together(() => settleAll([slow(), Promise.reject(new Error('first'))]));
  await expect(work).rejects.toThrow('first');
  expect(ended).toEqual(['slow']);
});
