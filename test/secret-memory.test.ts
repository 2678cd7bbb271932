import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findKnownSecret } from '../src/kernel/secrets/known-secrets.js';
import { learnSecrets } from '../src/kube/cluster-secrets.js';
import { FakeCluster } from './harness/kubernetes.js';

let cluster: FakeCluster;
let folder: string;
beforeEach(async () => {
  cluster = await FakeCluster.start('large');
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-secrets-'));
});
afterEach(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

/** DER: a tag, a length and a content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengths = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengths]), content]);
}

/** A private key of 2048 bits in all but its arithmetic, which nobody checks: real ones take a tenth of a second each. */
function key(): string {
  const number = (bytes: number): Buffer => der(2, Buffer.from([0, 0xc5]), randomBytes(bytes - 1));
  const numbers = [number(256), der(2, Buffer.from([1, 0, 1])), ...[256, 128, 128, 128, 128, 128].map(number)];
  const base64 = der(0x30, der(2, Buffer.from([0])), ...numbers).toString('base64');
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE KEY-----`);
  return [begin, ...base64.match(/.{1,64}/g)!, end, ''].join('\n');
}

/** Megabytes in use, of the heap and beside it, once nothing is left over. */
function megabytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 ** 2;
}

test('ten thousand keys of a cluster are learnt page by page, and looked for in all encodings within 250 MB', async () => {
  let last = '';
  for (let i = 0; i < 10_000; i++) {
    last = key();
    const data = { 'tls.key': Buffer.from(last).toString('base64') };
    cluster.put(`/api/v1/namespaces/shop-${i % 50}/secrets`, { metadata: { name: `key-${i}` }, data });
  }
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(cluster.kubeconfig()));
  const before = megabytes();
  expect(await learnSecrets([{ name: 'large', kubeconfig }], [])).toEqual([]);
  const pages = cluster.requests.filter(({ path: asked }) => asked === '/api/v1/secrets');
  expect(pages.map(({ query }) => query['limit'])).toEqual(Array.from({ length: 20 }, () => '500'));

  const line = last.split('\n')[7]!;
  const hidden = Buffer.from(`log: ${line} end`).toString('base64');
  expect(findKnownSecret(`nothing here ${'abc '.repeat(50)}`)).toBeUndefined();
  expect(findKnownSecret(`{"body":"${hidden}"}`)?.source).toBe('Secret large/shop-49/key-9999, tls.key');
  const used = megabytes() - before;
  expect(used, 'MB for 10,000 keys').toBeLessThan(250);
}, 600_000);
