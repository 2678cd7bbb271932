import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { redact } from '../src/kernel/secrets/redact.js';
import { secretsOf, secretsOfKubeconfig } from '../src/kube/secret-objects.js';
import { wordsOf } from '../src/kernel/secrets/secret-words.js';
import { knownSecrets, readSharedSecrets, rememberSecrets, shareSecrets } from '../src/kernel/secrets/known-secrets.js';
import { WordSearch } from '../src/kernel/secrets/word-search.js';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const certificate = `-----BEGIN CERTIFICATE-----\n${'MIIBpublic'.repeat(20)}\n-----END CERTIFICATE-----\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const opaque = (data: Record<string, string>) => ({
  metadata: { name: 's', namespace: 'n' },
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
});
const words = (data: Record<string, string>) => secretsOf(opaque(data), 'c').map(({ word }) => word);

describe('what is looked for', () => {
  test('of a private key: every line, and its numbers as a JSON Web Key has them', () => {
    const found = wordsOf(`${certificate}${pem}`);
    for (const line of pem.split('\n').slice(1, -3)) expect(found).toContain(line);
    const { p } = createPrivateKey(pem).export({ format: 'jwk' });
    expect(found.join('')).toContain(p);
    expect(found.join('')).not.toContain('MIIBpublic');
  });

  test('of a kubeconfig: its credentials and nothing else', () => {
    const text = stringify({
      apiVersion: 'v1',
      clusters: [{ cluster: { server: 'https://172.18.0.2:6443', 'certificate-authority-data': base64(certificate) } }],
      users: [
        {
          name: 'kind-cluster1-user',
          user: {
            token: 'opaque-0123456789-word',
            password: 'hunter2hunter2',
            'client-certificate-data': base64(certificate),
            'client-key-data': base64(pem),
            exec: { command: 'aws-iam-authenticator-0.6', env: [{ name: 'API_TOKEN', value: 'plugin-secret-1' }] },
          },
        },
      ],
    });
    const found = secretsOfKubeconfig(text, 'cluster1');
    const all = found.map(({ word }) => word);
    for (const word of ['opaque-0123456789-word', 'hunter2hunter2', 'plugin-secret-1', pem.split('\n')[3]])
      expect(all).toContain(word);
    expect(all.join('\n')).not.toMatch(/172\.18|kind-cluster1|aws-iam|public/);
    expect(all.join('')).not.toContain(base64(certificate).slice(20, 60));
    expect(new Set(found.map(({ source }) => source))).toEqual(new Set(['kubeconfig of cluster1']));
  });

  test('of a remote secret: the token of the kubeconfig in it', () => {
    const kubeconfig = stringify({
      clusters: [{ name: 'cluster2', cluster: { server: 'https://172.18.0.3:6443' } }],
      users: [{ name: 'cluster2', user: { token: 'remote-token-0123456789' } }],
    });
    expect(words({ cluster2: kubeconfig })).toEqual(['remote-token-0123456789']);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['a password', { password: 'hunter2!' }, ['hunter2!']],
    ['a token in a file of variables', { env: 'A=b\nAPI_TOKEN="s3cr3t-value"\n' }, ['s3cr3t-value']],
    ['several lines', { token: 'first-line-1\nsecond-line-2' }, ['first-line-1', 'second-line-2']],
    [
      'Docker’s configuration',
      { '.dockerconfigjson': `{"auths":{"r.example":{"auth":"${base64('robot:p4ssw0rd12')}"}}}` },
      [base64('robot:p4ssw0rd12'), 'p4ssw0rd12'],
    ],
    [
      'public values',
      { 'ca.crt': certificate, 'cert-chain.pem': certificate, namespace: 'istio-system', username: 'administrator1' },
      [],
    ],
    [
      'names, addresses and flags',
      {
        a: 'multi-network-multi-primary',
        b: 'https://a.example:5000/x',
        c: 'true',
        d: '2026-11-29T10:00:00Z',
        e: '/etc/istio/config',
      },
      [],
    ],
    ['a placeholder', { password: 'changeme' }, []],
    ['a word that is too short', { password: 'abc123' }, []],
    ['one plain word, which is in any report', { password: 'postgres' }, []],
    ['several words', { password: 'correct horse battery' }, ['correct horse battery']],
    ['something random without a telling key', { value: 'kJ8fQ2mZ7vXp4LrTnB6y' }, ['kJ8fQ2mZ7vXp4LrTnB6y']],
  ])('of a Secret: %s', (_, data, expected) => {
    expect(words(data).sort()).toEqual([...expected].sort());
  });

  test('of a Secret that is applied: its texts as well', () => {
    const secret = { metadata: { name: 's' }, stringData: { password: 'hunter2!' } };
    expect(secretsOf(secret, 'c')).toEqual([{ word: 'hunter2!', source: 'Secret c/default/s, password' }]);
  });

  test('a long word in pieces: a log may wrap it', () => {
    const token = Array.from({ length: 200 }, (_, i) => i.toString(36)).join('');
    const found = wordsOf(token, true);
    expect(found.length).toBeGreaterThan(2);
    expect(found.join('')).toBe(token);
    rememberSecrets(found.map((word) => ({ word, source: 'test' })));
    expect(redact(`a ${token} b`)).toBe('a [redacted] b');
  });
});

test('a word is found in every encoding, at every place', () => {
  const word = 'pläin-secret+word/1';
  const search = new WordSearch([word]);
  const encoded = [
    word,
    ...['', 'x', 'xy'].map((before) => base64(`${before}${word}yz`)),
    Buffer.from(word).toString('hex'),
    encodeURIComponent(word),
  ];
  for (const text of encoded) {
    for (const before of ['', 'a', 'ab ', 'x'.repeat(50)]) {
      const hit = search.next(`${before}${text}-`);
      expect(hit, `${before}${text}`).toBeDefined();
    }
  }
  expect(search.next(`${word.slice(0, -1)}2 ${'pläin-secret'.repeat(20)}`)).toBeUndefined();
});

describe('the file that the processes of a run share', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'meshproof-secrets-'))));
  afterEach(() => {
    shareSecrets(undefined);
    rmSync(dir, { recursive: true });
  });

  /** The words of all whole lines. */
  const linesOf = (file: string): string[] =>
    [...readFileSync(file, 'utf8').matchAll(/^\{"word":"([^"\n]+)".*\}$/gm)].map(([, word]) => word!);

  test('has what is known and what is learnt, for its owner alone', async () => {
    const file = path.join(dir, 'secrets.jsonl');
    rememberSecrets([{ word: 'known-before-1', source: 'test' }]);
    shareSecrets(file);
    rememberSecrets([{ word: 'learnt-after-1', source: 'test' }]);
    expect(linesOf(file)).toEqual(expect.arrayContaining(['known-before-1', 'learnt-after-1']));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // another process writes a line and a half
    const { appendFileSync } = await import('node:fs');
    appendFileSync(file, '{"word":"of-another-1","source":"test"}\n{"word":"half');
    readSharedSecrets();
    expect(redact('x of-another-1 y')).toBe('x [redacted] y');
    appendFileSync(file, '-written-1","source":"test"}\n');
    readSharedSecrets();
    expect(knownSecrets()).toContainEqual({ word: 'half-written-1', source: 'test' });
    // a full disk has cut a line off: what comes after it is read
    appendFileSync(file, '{"word":"cut-o');
    rememberSecrets([{ word: 'after-the-cut-1', source: 'test' }]);
    shareSecrets(undefined);
    expect(linesOf(file)).toContain('after-the-cut-1');
    expect(() => shareSecrets(file)).not.toThrow();
  });
});
