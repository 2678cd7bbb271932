import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rememberSecrets } from '../src/kernel/secrets/known-secrets.js';
import { scanForSecrets } from '../src/kernel/secrets/secret-scan.js';
import { base64, wrapped } from './helpers/encodings.js';
import { cases, mostBytes, word, type Content } from './helpers/secret-cases.js';
import { zip } from './helpers/zip.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'meshproof-scan-'));
});
afterEach(() => rm(dir, { recursive: true }));

rememberSecrets([{ word, source: 'test' }]);
rememberSecrets([{ word: 'q"uoted-secret-word', source: 'test' }]);

describe.each(Object.keys(cases))('%s', (kind) => {
  test.each(cases[kind]!)('%s', async (_, content, found) => {
    await mkdir(join(dir, 'deep'));
    await writeFile(join(dir, 'deep', 'file'), content);
    const leaks = await scanForSecrets(dir, mostBytes);
    expect(leaks.map(({ what }) => what).join('\n')).toMatch(found);
    for (const { path, what } of leaks) {
      expect(path).toMatch(/^deep\/file/);
      expect(`${path} ${what}`).not.toContain(word);
    }
  });
});

test('the name of a file is looked at, and not repeated', async () => {
  await writeFile(join(dir, `${word}.txt`), 'x');
  expect(await scanForSecrets(dir)).toEqual([{ path: 'a file below this folder', what: 'secret in its name' }]);
});

test('a symbolic link is not passed on: an upload would follow it', async () => {
  await symlink('/etc/hostname', join(dir, 'link'));
  expect(await scanForSecrets(dir)).toEqual([{ path: 'link', what: 'cannot be searched: it is not a regular file' }]);
});

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test.each<[string, Content]>([
  ['what is redacted', 'client-key-data: [redacted]\ntoken: [redacted]\na key begins with BEGIN PRIVATE KEY\n'],
  ['redacted JSON', JSON.stringify({ password: '[redacted]', auth: '[redacted]', message: 'token: [redacted]' })],
  [
    'a certificate',
    `-----BEGIN CERTIFICATE-----\n${wrapped(base64('public'.repeat(30)), 64)}\n-----END CERTIFICATE-----\n`,
  ],
  ['a public key', publicKey.export({ type: 'spki', format: 'pem' })],
  ['base64 of a certificate', `caBundle: ${base64('-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n')}`],
  ['checksums', `sha256 ${'0a1b2c3d'.repeat(8)}\n${'0A:1B:'.repeat(16)}`],
  ['a picture', png],
  ['a zip of text', zip({ 'a.txt': 'hello', 'b.json': '{"a":1}' })],
  ['an empty zip', zip({})],
  ['an empty file', ''],
  ['gzip of text', gzipSync('hello')],
  ['text in UTF-16', Buffer.from('\ufeffhello, this is text', 'utf16le')],
  ['a page with a script', '<!doctype html><script>const a = {password: e.value, token: t.token}</script>'],
  ['a version and a node', 'kind v0.33.0 go1.26.8 linux/amd64 node-a.example0example01'],
  ['a pod and a revision', 'helloworld-v1-5b75657f75-abcde istiod.istio-system.svc:15012 sleep-7656cf8794.sample'],
])('%s is passed on', async (_, content) => {
  await writeFile(join(dir, 'file.txt'), content);
  expect(await scanForSecrets(dir)).toEqual([]);
});
