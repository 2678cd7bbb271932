import type { CoreV1Event } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { probeResult } from '../src/probe/kubelet-probes.js';

const pod = (ready: boolean, restartCount = 0) => ({
  metadata: { name: 'echo', uid: 'a' },
  status: {
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'echo', image: '', imageID: '', ready, restartCount }],
  },
});
const event = (uid: string, at: string, cause: string) =>
  ({
    involvedObject: { uid },
    lastTimestamp: at,
    message: `Readiness probe failed: Get "http://10.10.0.9:8080/": read tcp 10.10.0.1:1->10.10.0.9:8080: read: ${cause}`,
  }) as unknown as CoreV1Event;

test('what the kubelet says last of a pod that is not ready is its reason', () => {
  const events = [
    event('a', '2026-11-21T12:00:02Z', 'connection reset by peer'),
    event('a', '2026-11-21T12:00:01Z', 'connection refused'),
    event('b', '2026-11-21T12:00:03Z', 'i/o timeout'),
  ];
  expect(probeResult(pod(false), events)).toBe('echo: not ready, connection reset by peer');
  expect(probeResult(pod(false), [])).toBe('echo: not ready, no probe has failed');
  expect(probeResult(pod(true), events)).toBe('echo: ready');
  expect(probeResult(pod(true, 2), events)).toBe('echo: ready, restarted 2 times');
});
