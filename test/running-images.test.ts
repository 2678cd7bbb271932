import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { imagesOfPods } from '../src/probe/running-images.js';

const pod = (images: [name: string, image: string, imageID: string][], sidecar?: [string, string, string]): V1Pod => ({
  spec: {
    containers: images.map(([name, image]) => ({ name, image })),
    initContainers: sidecar && [{ name: sidecar[0], image: sidecar[1] }],
  },
  status: {
    containerStatuses: images.map(([name, , imageID]) => ({ name, imageID }) as never),
    initContainerStatuses: sidecar && [{ name: sidecar[0], imageID: sidecar[2] } as never],
  },
});

test('every image that runs is told with its id, native sidecars and several builds of one name included', () => {
  const pods = [
    pod([['app', 'r/app:1', 'r/app@sha256:aa']], ['istio-proxy', 'r/proxyv2:1', 'sha256:bb']),
    pod([['app', 'r/app:1', 'docker-pullable://r/app@sha256:aa']], ['istio-proxy', 'r/proxyv2:1', 'sha256:cc']),
    pod([['app', 'r/waits:1', '']]),
  ];
  expect(imagesOfPods('cluster1', pods)).toEqual([
    { cluster: 'cluster1', image: 'r/app:1', id: 'r/app@sha256:aa', containers: 2 },
    { cluster: 'cluster1', image: 'r/proxyv2:1', id: 'sha256:bb', containers: 1 },
    { cluster: 'cluster1', image: 'r/proxyv2:1', id: 'sha256:cc', containers: 1 },
  ]);
});
