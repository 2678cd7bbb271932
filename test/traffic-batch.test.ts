import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { Batch } from '../src/probe/batch-answers.js';
import { callBatch, parseBatch } from '../src/probe/batch.js';
import { replayCommand } from '../src/probe/curl-command.js';

const ok = (id: string, code = 200) => `${id} {"http_code":${code},"exitcode":0,"errormsg":null,"time_total":0.0034}`;
const hello = (version: string) => `Hello version: ${version}, instance: helloworld-${version}-abc\n`;

test('pairs every answer with its body by the id, in the order of the requests', () => {
  const output = [
    ok('b'),
    ok('a'),
    '==> /dev/null <==',
    '',
    '==> a <==',
    hello('v1'),
    '==> b <==',
    hello('v2'),
    '==> stderr <==',
  ].join('\n');
  const { calls, malformed } = parseBatch(output, ['a', 'b']);
  expect(calls).toMatchObject([
    { id: 'a', code: 200, exit: 0, ms: 3, version: 'v1', instance: 'helloworld-v1-abc' },
    { id: 'b', code: 200, exit: 0, version: 'v2' },
  ]);
  expect(malformed).toEqual([]);
});

test('an answer is known by its server too, where curl tells it', () => {
  const output = [`${ok('a')}\tistio-envoy`, `${ok('b')}\t`, `${ok('c')}\t%header{server}`].join('\n');
  const { calls } = parseBatch(output, ['a', 'b', 'c']);
  expect(calls.map(({ code, server }) => [code, server])).toEqual([
    [200, 'istio-envoy'],
    [200, undefined],
    [200, undefined],
  ]);
  const batch = new Batch('cluster1', 'http://x', calls, [], '');
  expect(batch.histogram(({ server = 'none' }) => server)).toEqual({ 'istio-envoy': 1, none: 2 });
});

test('counts answers by version and everything else by its kind', () => {
  const output = [
    ok('a'),
    ok('b', 503),
    'c {"http_code":0,"exitcode":28,"errormsg":"Operation timed out \\"after\\" 5 s","time_total":5}',
    'curl: something else',
    '==> a <==\n' + hello('v1'),
    '==> b <==\nupstream connect error\n==> x <==\nis part of the body',
  ].join('\n');
  const { calls, malformed } = parseBatch(output, ['a', 'b', 'c', 'd']);
  const batch = new Batch('cluster1', 'http://x', calls, malformed, '');
  expect(batch.histogram()).toEqual({
    v1: 1,
    'HTTP 503': 1,
    'curl 28': 1,
    'no result': 1,
    'malformed line': 1,
  });
  expect(batch.histogram(({ exit }) => (exit === 0 ? 'answered' : 'not'))).toEqual({
    answered: 2,
    not: 2,
    'malformed line': 1,
  });
  expect(calls[1]!.body).toBe('upstream connect error\n==> x <==\nis part of the body');
  expect(calls[2]!.error).toBe('Operation timed out "after" 5 s');
  expect(calls[3]!.error).toBe('no result');
  expect(batch.errors()).toHaveLength(3);
  expect(batch.versions()).toEqual(['v1']);
});

test('what curl itself complains about is kept when answers are missing', () => {
  const { malformed } = parseBatch('==> stderr <==\nsh: curl: not found\n', ['a']);
  expect(malformed).toEqual(['sh: curl: not found']);
});

test('a batch without a request is a mistake of the caller', async () => {
  const request = { namespace: 'sample', workload: 'deploy/sleep', container: 'sleep', url: 'x', count: 0 };
  await expect(callBatch({ name: 'cluster1', kubeconfig: '/nowhere' }, request)).rejects.toThrow(RangeError);
});

test('an exec that fails is undetermined', async () => {
  const request = { namespace: 'sample', workload: 'deploy/sleep', container: 'sleep', url: 'x', count: 1 };
  await expect(callBatch({ name: 'cluster1', kubeconfig: '/nowhere' }, request)).rejects.toThrow(
    /^Undetermined: cluster1: sending 1 requests/,
  );
});

test('the command that replays a batch that was sent in parts sends all of it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-batch-'));
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
  try {
    // a kubectl that answers every request of the input
    const script = `sed -n 's/^output = "\\(.*\\)"$/\\1 {"http_code":200,"exitcode":0,"errormsg":null,"time_total":0.001}/p'`;
    writeFileSync(path.join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const request = { namespace: 'sample', workload: 'deploy/sleep', container: 'sleep', url: 'x', count: 555 };
    const batch = await callBatch({ name: 'cluster1', kubeconfig: '/nowhere' }, request);
    expect(batch.calls).toHaveLength(555);
    expect(batch.replay).toContain('seq 555)');
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});

test('the command that replays a batch shows no token', () => {
  const request = {
    namespace: 'sample',
    workload: 'deploy/sleep',
    container: 'sleep',
    url: 'echo:8080/hello',
    count: 1,
  };
  const headers = { Authorization: 'Bearer planted', version: 'v1' };
  const command = replayCommand({ name: 'cluster1', kubeconfig: '/tmp/kubeconfig' }, { ...request, headers });
  expect(command).toContain(`-H "Authorization: Bearer $TOKEN" -H "version: v1" echo:8080/hello`);
});
