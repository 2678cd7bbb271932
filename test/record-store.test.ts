import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archive } from '../src/record/archive.js';
import { scanForSecrets } from '../src/record/secret-scan.js';
import { createRunFolder, readBehaviours, readRecord, writeRecord } from '../src/record/store.js';
import { everyState, sampleRecord } from './helpers/record.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshproof-record-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a run folder is made once', async () => {
  const folder = await createRunFolder(join(dir, 'reports'), 'a1');
  expect(folder).toBe(join(dir, 'reports', 'a1'));
  await expect(createRunFolder(join(dir, 'reports'), 'a1')).rejects.toThrow(/archived already/);
  await expect(createRunFolder(join(dir, 'reports'), '../a1')).rejects.toThrow(/name of a folder/);
});

test('a record is written whole and read back', async () => {
  const record = sampleRecord([everyState()]);
  await writeRecord(dir, record);
  expect(await readRecord(dir)).toEqual(record);
  expect(await readdir(dir)).toEqual(['result.json']);
  await expect(writeRecord(dir, { ...record, schemaVersion: 2 } as never)).rejects.toThrow(/schemaVersion/);
  expect(await readRecord(dir)).toEqual(record);
});

test.each([
  ['nothing', undefined, /cannot be read/],
  ['half of it', '{"schemaVersion": 1,', /not JSON/],
  ['another version', '{"schemaVersion": 9}', /not a record/],
])('reading %s says what is wrong', async (_, content, message) => {
  if (content !== undefined) await writeFile(join(dir, 'result.json'), content);
  await expect(readRecord(dir)).rejects.toThrow(message);
});

test('a topology that never got to a behaviour has none', async () => {
  expect(await readBehaviours(dir, 'x')).toEqual([]);
});

const canary = 'planted-9f8e7d6c5b4a';

/** A zip archive with one entry, deflated; checksums are left out since nothing here reads them. */
function zip(name: string, text: string): Buffer {
  const packed = deflateRawSync(Buffer.from(text));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end]);
}
const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');
const key = `-----BEGIN RSA PRIVATE KEY-----\n${base64('0123456789'.repeat(12))}\n-----END RSA PRIVATE KEY-----\n`;
const jwt = ['{"alg":"RS256"}', '{"iss":"kubernetes"}', 'signature-signature']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

test.each<[string, string | Buffer, string, string]>([
  ['in a text', `a ${canary} b`, 'file', 'planted secret'],
  [
    'in base64 within a text',
    `x="${base64(`before the value is ${canary} and after it`)}"`,
    'file!base64',
    'planted secret',
  ],
  ['in gzip', gzipSync(`a ${canary} b`), 'file!gzip', 'planted secret'],
  ['in a zip', zip('a.txt', `a ${canary} b`), 'file!a.txt', 'planted secret'],
  [
    'in a zip in base64 in a page',
    `<script>r="data:application/zip;base64,${base64(zip('a.txt', canary))}"</script>`,
    'file!base64!a.txt',
    'planted secret',
  ],
  ['a private key', `log: ${key}`, 'file', 'private key'],
  ['a private key in JSON', JSON.stringify({ key }), 'file', 'private key'],
  ['a private key in base64', `ca-key.pem: ${base64(key)}`, 'file!base64', 'private key'],
  ['a service account token', `token is ${jwt}`, 'file', 'token (JWT)'],
  [
    'a kubeconfig',
    `users:\n- user:\n    client-key-data: ${base64('x'.repeat(60))}`,
    'file',
    'client key of a kubeconfig',
  ],
  ['a bootstrap token', '    token: abcdef.0123456789abcdef\n', 'file', 'token of a kubeconfig'],
])('the scan finds a secret %s', async (_, content, path, what) => {
  await mkdir(join(dir, 'deep'));
  await writeFile(join(dir, 'deep', 'file'), content);
  expect(await scanForSecrets(dir, [canary])).toContainEqual({ path: `deep/${path}`, what });
});

test('the scan is silent about what is no secret', async () => {
  await writeFile(
    join(dir, 'evidence.txt'),
    `client-key-data: [redacted]\ntoken: [redacted]\n-----BEGIN PRIVATE KEY----- is how a key begins\n`,
  );
  await writeFile(
    join(dir, 'certificate.pem'),
    `-----BEGIN CERTIFICATE-----\n${base64('public'.repeat(30))}\n-----END CERTIFICATE-----\n`,
  );
  await writeFile(join(dir, 'not-a-zip'), Buffer.from([0x50, 0x4b, 3, 4, ...new Array<number>(40).fill(7)]));
  await writeFile(join(dir, 'not-gzip'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  expect(await scanForSecrets(dir, ['', 'short', canary])).toEqual([]);
});

test('an archive has every view, and what was known so far is gone', async () => {
  await writeFile(join(dir, 'behaviours-multi-network-multi-primary.json'), '[]');
  await archive(dir, sampleRecord([everyState()]), {
    canaries: [canary],
    warn: (message) => expect.unreachable(message),
  });
  expect((await readdir(dir)).sort()).toEqual(['index.html', 'junit.xml', 'result.json', 'summary.txt', 'timings.svg']);
  expect(await readFile(join(dir, 'index.html'), 'utf8')).toContain('href="junit.xml"');
});

test('an archive with a secret in it fails the run, does not repeat the secret, and is no longer among the reports', async () => {
  const run = join(dir, 'reports', 'a1');
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'left.log'), `x ${canary}`);
  const error: Error & { code?: number } = await archive(run, sampleRecord(), {
    canaries: [canary],
    warn: () => {},
  }).then(
    () => expect.unreachable(),
    (reason: Error) => reason,
  );
  expect(error.message).toContain('planted secret in left.log');
  expect(error.message).not.toContain(canary);
  expect(error.code).toBe(6);
  expect(await readdir(join(dir, 'reports'))).toEqual([]);
  expect(await readdir(join(dir, 'refused', 'a1'))).toContain('left.log');
});
