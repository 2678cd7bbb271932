import { expect, test } from 'vitest';
import { PullProgress } from '../src/supply/pull-progress.js';
import { concernsRegistry, registryTrouble } from '../src/supply/registry-trouble.js';

test.each([
  ['manifest unknown', 'missing', /r\.example has no such image/],
  ['manifest for r.example/a:1 not found: manifest unknown: manifest unknown', 'missing', /no such image/],
  ['failed to resolve reference "r.example/a:1": r.example/a:1: not found', 'missing', /no such image/],
  [
    "pull access denied for a, repository does not exist or may require 'docker login': denied",
    'access',
    /refuses access/,
  ],
  ['unauthorized: authentication required', 'access', /refuses access/],
  ['Get "http://r.example/v2/a/manifests/1": no basic auth credentials', 'access', /refuses access/],
  [
    'unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 403 Forbidden',
    'access',
    /refuses access/,
  ],
  [
    'toomanyrequests: You have reached your unauthenticated pull rate limit.',
    'limit',
    /refuses more pulls at the moment/,
  ],
  [
    'unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 429 Too Many Requests',
    'limit',
    /refuses more/,
  ],
  ['received unexpected HTTP status: 500 Internal Server Error', 'failing', /fails: 500 Internal Server Error/],
  [
    'unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 503 Service Unavailable',
    'failing',
    /fails: 503/,
  ],
  [
    'Get "https://r.example/v2/": dial tcp: lookup r.example on 1.1.1.1:53: no such host',
    'unreachable',
    /host name is unknown/,
  ],
  ['Get "https://r.example/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 'unreachable', /was refused/],
  ['Get "https://r.example/v2/": dial tcp 10.0.0.1:443: connect: no route to host', 'unreachable', /no route/],
  [
    'Get "https://r.example/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'unreachable',
    /does not answer/,
  ],
  ['Get "https://r.example/v2/": net/http: TLS handshake timeout', 'unreachable', /does not answer/],
  ['Get "https://r.example/v2/": EOF', 'unreachable', /closed the connection/],
  [
    'Get "https://r.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'certificate',
    /does not trust: x509: certificate signed/,
  ],
  ['Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client', 'certificate', /does not speak TLS/],
  [
    'invalid reference format: repository name (A) must be lowercase',
    'name',
    /"r\.example\/a:1" is not a valid image name/,
  ],
  ['write /var/lib/docker/tmp/x: no space left on device', 'disk', /disk of Docker's data is full/],
  ['something else\nlast line', 'other', /^last line$/],
])('Docker says: %s', (output, kind, found) => {
  const trouble = registryTrouble('r.example/a:1', output);
  expect(trouble.kind).toBe(kind);
  expect(trouble.found).toMatch(found);
  expect(concernsRegistry(trouble)).toBe(['limit', 'failing', 'unreachable', 'certificate'].includes(kind));
});

test.each([
  ['127.0.0.1:5000/a:1', true],
  ['localhost:5000/a:1', true],
  ['r.example/a:1', false],
])('what Docker 29.10 asks of registries on the same machine is said of %s: %s', (image, said) => {
  const { remedy } = registryTrouble(image, 'http: server gave HTTP response to HTTPS client');
  expect(remedy.includes('Docker 29.10')).toBe(said);
});

test('what a person does about Docker Hub is docker login without a name', () => {
  expect(registryTrouble('istio/pilot:1', 'toomanyrequests').remedy).toMatch(/^docker login,/);
});

test('progress: asking, downloading, unpacking; what is repeated is no change', () => {
  const progress = new PullProgress();
  progress.take({ status: 'Pulling from a', id: '1' });
  expect([progress.phase, progress.text, progress.known]).toEqual(['asking', '', false]);
  progress.take({ status: 'Downloading', id: 'l1', progressDetail: { current: 2_000_000 } });
  expect([progress.phase, progress.text]).toEqual(['downloading', '0 of 1 layers, 2 MB']);
  progress.changedAt = 1;
  progress.take({ status: 'Downloading', id: 'l1', progressDetail: { current: 2_000_000 } });
  expect(progress.changedAt).toBe(1);
  progress.take({ status: 'Download complete', id: 'l1', progressDetail: {} });
  expect([progress.phase, progress.text]).toEqual(['unpacking', '0 of 1 layers, 2 MB']);
  expect(progress.changedAt).toBeGreaterThan(1);
});
