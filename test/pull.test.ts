import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { provideImages } from '../src/supply/provide-images.js';
import { limitOf } from '../src/supply/registry-rate-limit.js';
import { registryLogin } from '../src/supply/registry-login.js';
import type { StepOptions, Steps } from '../src/kernel/steps.js';
import type { MeshproofError } from '../src/kernel/errors.js';
import type { Environment } from '../src/topology/environment-types.js';
import { startDaemon, type Daemon, type Pull } from './helpers/docker-daemon.js';

const environment = { name: 'public', file: 'public.yaml', imagesAreLocal: false } as Environment;
const limits = { asking: 20_000, downloading: 300, unpacking: 300 };

let daemon: Daemon;
let servers: Server[];
/** Details of the steps, as they were at their end. */
let details: string[];

const steps: Steps = {
  async step<T>(title: string, { detail }: StepOptions, work: () => Promise<T>) {
    try {
      return await work();
    } finally {
      details.push(`${title}: ${detail?.()}`);
    }
  },
  note: () => {},
};

beforeEach(() => {
  details = [];
  servers = [];
});

afterEach(() => {
  daemon?.close();
  for (const server of servers) server.close();
  vi.unstubAllEnvs();
});

async function docker(pulls: Record<string, Pull>): Promise<void> {
  daemon = await startDaemon(pulls);
  vi.stubEnv('PATH', daemon.bin);
  vi.stubEnv('DOCKER_CONFIG', daemon.bin);
  vi.stubEnv('DOCKER_AUTH_CONFIG', '');
}

const fails = (text: string, after: Promise<unknown> = Promise.resolve()): Pull => {
  return async (send, answer) => {
    await after;
    send({ errorDetail: { message: text }, error: text });
    answer.end();
  };
};
const works: Pull = (send, answer) => {
  send({ status: 'Pulling from a/b', id: '1' });
  send({ status: 'Pulling fs layer', id: 'l1' });
  send({ status: 'Already exists', id: 'l2' });
  send({ status: 'Downloading', id: 'l1', progressDetail: { current: 5_000_000, total: 41_000_000 } });
  send({ status: 'Downloading', id: 'l1', progressDetail: { current: 41_000_000, total: 41_000_000 } });
  send({ status: 'Extracting', id: 'l1', progressDetail: { current: 3, total: 4 } });
  send({ status: 'Pull complete', id: 'l1' });
  answer.end();
};
const silent: Pull = () => {};
/** Goes on until the client is gone. */
const endless =
  (step: number): Pull =>
  async (send, answer) => {
    send({ status: 'Pulling fs layer', id: 'l1' });
    for (let current = 1; !answer.closed; current += step) {
      send({ status: 'Downloading', id: 'l1', progressDetail: { current } });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

async function failure(promise: Promise<unknown>): Promise<{ code: number; text: string }> {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (e: unknown) => e as MeshproofError,
  );
  return { code: error.code, text: error.describe() };
}

test('an image is pulled with its layers as progress, and one that is there is not asked for', async () => {
  await docker({ 'r.example/a:1': works });
  const first = await provideImages(environment, ['r.example/a:1'], steps, limits);
  expect(first).toEqual(new Map([['r.example/a:1', 'sha256:0']]));
  expect(details).toEqual(['pull r.example/a:1: 2 of 2 layers, 41 MB']);
  await provideImages(environment, ['r.example/a:1'], steps, limits);
  expect(daemon.pulls).toEqual(['r.example/a:1']);
});

test('every image that cannot be pulled is named, a registry that cannot be reached once, and asked once', async () => {
  const away = fails('Get "https://away.example/v2/": dial tcp: lookup away.example: no such host');
  // the others answer when that is known
  const later = vi.waitFor(() => expect(details).toHaveLength(1), { timeout: 20_000 });
  await docker({
    'away.example/a:1': away,
    'r.example/b:1': fails('manifest unknown', later),
    'r.example/c:1': fails('no matching manifest for linux/arm64/v8 in the manifest list entries', later),
  });
  const images = [
    'away.example/a:1',
    'r.example/b:1',
    'r.example/c:1',
    ...['d', 'e'].map((i) => `away.example/${i}:1`),
  ];
  const { code, text } = await failure(provideImages(environment, images, steps));
  expect(code).toBe(4);
  expect(text).toContain('registry away.example: away.example cannot be reached: its host name is unknown');
  expect(text).toContain('expected: to pull away.example/a:1, away.example/d:1, away.example/e:1');
  expect(text.match(/away\.example cannot be reached/g)).toHaveLength(1);
  expect(text).toContain('image r.example/b:1: r.example has no such image');
  expect(text).toContain('image r.example/c:1: r.example has the image, but not for linux/arm64');
  expect(daemon.pulls.toSorted()).toEqual(images.slice(0, 3));
});

test('after a failure nothing more is downloaded', async () => {
  await docker({ 'r.example/a:1': endless(1000), 'r.example/b:1': fails('manifest unknown') });
  const { text } = await failure(provideImages(environment, ['r.example/a:1', 'r.example/b:1'], steps));
  expect(text).toContain('image r.example/b:1');
  expect(text).not.toContain('r.example/a:1');
});

test.each<[string, Pull, RegExp]>([
  ['says nothing at all', silent, /registry r\.example: r\.example sent nothing for 0\.3 s/],
  [
    'stops in the middle of a layer',
    (send) => void send({ status: 'Downloading', id: 'l1', progressDetail: { current: 9 } }),
    /sent nothing for 0\.3 s/,
  ],
  ['repeats itself', endless(0), /sent nothing for 0\.3 s/],
  [
    'has sent all, and Docker does not unpack it',
    (send) => void send({ status: 'Download complete', id: 'l1' }),
    /made no progress in unpacking it for 0\.3 s/,
  ],
])('a registry that %s is given up', async (_name, pull, words) => {
  await docker({ 'r.example/a:1': pull });
  const asking = pull === silent ? 300 : limits.asking;
  const { text } = await failure(provideImages(environment, ['r.example/a:1'], steps, { ...limits, asking }));
  expect(text).toMatch(words);
});

test('a slow pull goes on, and one that waits for its turn while another one gets something', async () => {
  const slow: Pull = async (send, answer) => {
    send({ status: 'Pulling fs layer', id: 'l1' });
    for (let i = 1; i < 40; i++) {
      send({ status: 'Downloading', id: 'l1', progressDetail: { current: i } });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await works(send, answer);
  };
  const waiting: Pull = async (send, answer) => {
    send({ status: 'Waiting', id: 'l1' });
    await new Promise((resolve) => setTimeout(resolve, 1900));
    await works(send, answer);
  };
  await docker({ 'r.example/a:1': slow, 'r.example/b:1': waiting });
  // shorter than the pull, and much longer than its pauses: a busy machine must not look like a silent registry
  const patient = { ...limits, downloading: 1500 };
  expect((await provideImages(environment, ['r.example/a:1', 'r.example/b:1'], steps, patient)).size).toBe(2);
});

test('a daemon that is not there, or refuses, is told in its own words', async () => {
  await docker({
    'docker.io/library/a:1': (_send, answer) => void answer.writeHead(500).end('{"message":"manifest unknown"}'),
  });
  expect((await failure(provideImages(environment, ['a:1'], steps, limits))).text).toContain(
    'image a:1: Docker Hub has no such image',
  );
  writeFileSync(path.join(daemon.bin, 'docker'), '#!/bin/sh\necho Cannot connect to the Docker daemon >&2\nexit 1\n');
  expect((await failure(provideImages(environment, ['a:1'], steps, limits))).text).toContain(
    'docker does not reach the daemon: Cannot connect to the Docker daemon',
  );
});

test('the limit of a registry is told with what is left of it', async () => {
  const server = createServer((request, answer) => {
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
    if (request.method === 'HEAD') answer.writeHead(429, headers).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await docker({
    [`${registry}/a/b:1`]: fails('toomanyrequests: You have reached your unauthenticated pull rate limit.'),
  });
  const { text } = await failure(provideImages(environment, [`${registry}/a/b:1`], steps, limits));
  expect(text).toContain(`${registry} refuses more pulls at the moment: 0 of 100 pulls are left in a window of 6 h`);
  expect(text).toContain(`to do: docker login ${registry}`);
  expect(limitOf(new Headers({ 'ratelimit-limit': '100' }))).toBeUndefined();
});

test('docker login is passed on: from the configuration, from a helper, from DOCKER_AUTH_CONFIG', async () => {
  await docker({ 'r.example/a:1': works });
  const auth = (user: string) => ({ auth: Buffer.from(`${user}:pass:word`).toString('base64') });
  writeFileSync(
    path.join(daemon.bin, 'config.json'),
    JSON.stringify({
      auths: { 'https://r.example/v1/': auth('me'), 'https://index.docker.io/v1/': auth('hub') },
      credHelpers: { 'h.example': 'test' },
    }),
  );
  await provideImages(environment, ['r.example/a:1'], steps, limits);
  expect(daemon.logins).toEqual([{ username: 'me', password: 'pass:word', serveraddress: 'r.example' }]);
  expect(await registryLogin('docker.io')).toMatchObject({ username: 'hub' });
  expect(await registryLogin('other.example')).toBeUndefined();
  const helper = path.join(daemon.bin, 'docker-credential-test');
  writeFileSync(
    helper,
    '#!/bin/sh\nread -r server\n[ "$server" = h.example ] && echo \'{"Username":"<token>","Secret":"abc"}\'\n',
  );
  chmodSync(helper, 0o755);
  expect(await registryLogin('h.example')).toEqual({ identitytoken: 'abc', serveraddress: 'h.example' });
  vi.stubEnv('DOCKER_AUTH_CONFIG', JSON.stringify({ auths: { 'r.example': auth('ci') } }));
  expect(await registryLogin('r.example')).toMatchObject({ username: 'ci' });
});
