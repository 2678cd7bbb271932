import { expect, test } from 'vitest';
import { parseImage, registryOf } from '../src/supply/image-name.js';

test.each([
  ['localhost/lab/curl:8.16.0', 'localhost', 'lab/curl', '8.16.0'],
  ['localhost:5000/curl', 'localhost:5000', 'curl', 'latest'],
  ['registry.example/a/b@sha256:00', 'registry.example', 'a/b', 'sha256:00'],
  ['docker.io/kindest/node:v1@sha256:00', 'docker.io', 'kindest/node', 'sha256:00'],
  ['istio/pilot:1.31.0', 'docker.io', 'istio/pilot', '1.31.0'],
  ['index.docker.io/istio/pilot', 'docker.io', 'istio/pilot', 'latest'],
  ['curl:8', 'docker.io', 'library/curl', '8'],
])('%s is taken apart', (image, registry, repository, reference) => {
  expect(parseImage(image)).toEqual({ registry, repository, reference });
});

test('Docker Hub is called by its name', () => {
  expect(registryOf('istio/pilot:1')).toBe('Docker Hub');
  expect(registryOf('registry.example:5000/a')).toBe('registry.example:5000');
});
