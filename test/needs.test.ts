import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { cpusOf } from '../src/mesh/needs.js';
import { outOfReach } from '../src/mesh/needs-images.js';

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
    i1: 'c1: node n1 cannot get image i1 (ErrImagePull)',
    i2: 'c1: node n1 has not got i2 within 180 s',
  });
});
