import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { base64, gzips, hex, tar, utf16be, wrapped } from './encodings.js';
import { zip } from './zip.js';

export const word = 'planted-9f8e7d6c5b4a';
function rsa(type: 'pkcs1' | 'pkcs8', passphrase?: string): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type, format: 'pem', ...cipher }) as string;
}
const key = rsa('pkcs8');
const body = key.split('\n').slice(1, -2);
const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
const [head, claims, signature] = ['{"alg":"RS256"}', '{"iss":"kubernetes"}', 'signature-signature'].map((part) =>
  Buffer.from(part).toString('base64url'),
) as [string, string, string];
const jwt = [head, claims, signature].join('.');
const padded = (size: number) => Buffer.concat([Buffer.from(word), Buffer.alloc(size)]);
const kubeconfig = `users:\n- user:\n    client-key-data: ${base64(key)}`;
const slack = ['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-');
const github = `ghp_${'16C7e42F292c6912E7710c838347Ae178B4a'}`;
const gitlab = `glpat-${'x1y2z3a4b5c6d7e8f9g0'}`;
const aws = { id: `AKIA${'Q3EGRIFDBJ5UBLN7'}`, secret: 'kJ8fQ2mZ7vXp4LrTnB6yWc1dHs9gEuA3oKiRtYbN' };

const truncated = gzipSync(key.repeat(3)).subarray(0, 400);
const badGzip = gzipSync(word);
badGzip.writeUInt32LE(1, badGzip.length - 8);

export const mostBytes = 1024 * 1024;

export type Content = string | Buffer;
/** What the scan says: `what` of a leak, as a pattern. */
export const cases: Record<string, [title: string, content: Content, found: RegExp][]> = {
  archives: [
    ['a zip', zip({ 'a.txt': word }), /known secret/],
    ['a zip with stored entries', zip({ 'a.txt': word }, { method: 0 }), /known secret/],
    ['a zip with a data descriptor', zip({ 'a.txt': word }, { flags: 8 }), /known secret/],
    ['a zip with a zip64 field in the local header', zip({ 'a.txt': word }, { zip64Local: true }), /known secret/],
    ['a zip64', zip({ 'a.txt': word }, { zip64: true }), /known secret/],
    ['a zip with a checksum that is wrong', zip({ 'a.txt': word }, { badCrc: true }), /known secret/],
    ['a zip in a zip', zip({ 'a.zip': zip({ 'b.txt': word }) }), /known secret/],
    ['the name of a zip entry', zip({ [word]: 'x' }), /known secret/],
    ['the comment of a zip', zip({ a: 'x' }, { comment: word }), /known secret/],
    [
      'a zip after other bytes',
      Buffer.concat([Buffer.from('#!/bin/sh\n'), zip({ 'a.txt': word })]),
      /cannot be searched: zip/,
    ],
    [
      'a zip before other bytes',
      Buffer.concat([zip({ 'a.txt': word }), Buffer.alloc(70_000, 'x')]),
      /known secret|cannot be searched: zip/,
    ],
    ['a zip that is truncated', zip({ 'a.txt': 'x'.repeat(1000) }).subarray(0, -30), /cannot be searched: zip/],
    ['a stored zip that is truncated', zip({ 'a.txt': key }, { method: 0 }).subarray(0, -30), /private key/],
    [
      'an entry that the directory of a zip does not name',
      zip({ a: 'x', b: word, c: 'y' }, { hidden: ['b'] }),
      /cannot be searched: zip/,
    ],
    [
      'a first entry that the directory of a zip does not name',
      zip({ a: word, b: 'x' }, { hidden: ['a'] }),
      /cannot be searched: zip/,
    ],
    [
      'a last entry that the directory of a zip does not name',
      zip({ a: 'x', b: word }, { hidden: ['b'] }),
      /cannot be searched: zip/,
    ],
    ['an encrypted zip', zip({ 'a.txt': 'x' }, { flags: 1 }), /cannot be searched: zip: a.txt is encrypted/],
    [
      'bzip2 in a zip',
      zip({ 'a.txt': 'x' }, { method: 12 }),
      /cannot be searched: zip: a.txt is compressed by method 12/,
    ],
    ['LZMA in a zip', zip({ 'a.txt': 'x' }, { method: 14 }), /cannot be searched/],
    ['zstd in a zip', zip({ 'a.txt': 'x' }, { method: 93 }), /cannot be searched/],
    ['a zip entry outside of its folder', zip({ '../a': 'x' }), /cannot be searched/],
    [
      'a zip in base64 in a page',
      `<script>r="data:application/zip;base64,${base64(zip({ 'a.txt': word }))}"</script>`,
      /known secret/,
    ],
    [
      'a truncated zip in base64',
      `<p>${base64(zip({ 'a.txt': 'x'.repeat(999) }).subarray(0, -30))}</p>`,
      /cannot be searched: zip/,
    ],
    ['gzip', gzipSync(word), /known secret/],
    ['gzip in gzip', gzips(word, 2), /known secret/],
    ['eight gzips in each other', gzips(word, 8), /cannot be searched: more than 6 nested archives/],
    ['gzip that is truncated', truncated, /cannot be searched: gzip: unexpected end/],
    ['gzip with a checksum that is wrong', badGzip, /cannot be searched: gzip: incorrect data check/],
    ['gzip before other bytes', Buffer.concat([gzipSync('x'), Buffer.from([1, 2, 3, 4])]), /cannot be searched: gzip/],
    ['two members of gzip', Buffer.concat([gzipSync('x'), gzipSync(word)]), /known secret/],
    ['gzip of more than is unpacked', gzipSync(Buffer.alloc(mostBytes + 1)), /cannot be searched: gzip/],
    ['gzip in base64', `log: ${base64(gzipSync(`a long enough text with ${word} in it`))}`, /known secret/],
    ['zlib', deflateSync(word), /known secret/],
    ['zlib that is truncated', deflateSync(key).subarray(0, 100), /cannot be searched: zlib/],
    ['zlib in base64', `log: ${base64(deflateSync(`a long enough text with ${word} in it`))}`, /known secret/],
    ['tar', tar('a.txt', Buffer.from(word)), /known secret/],
    ['gzip in tar', tar('a.gz', gzipSync(word)), /known secret/],
    ['tar.gz', gzipSync(tar('a.gz', gzipSync(word))), /known secret/],
    ['tar that is truncated', tar('a.txt', Buffer.alloc(4000, 'x')).subarray(0, 2000), /cannot be searched: tar/],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), /xz is not a known archive format/],
    ['zstd', Buffer.from('28b52ffd2000', 'hex'), /zstd is not a known archive format/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /bzip2 is not a known archive format/],
    ['7z', Buffer.from('377abcaf271c0004', 'hex'), /7z is not a known archive format/],
    ['PDF', '%PDF-1.7\n', /PDF is not a known archive format/],
    [
      'bytes of no known format',
      Buffer.from(Array.from({ length: 256 }, (_, i) => (i * 89 + 1) % 256)),
      /not a known archive format/,
    ],
    [
      'EBCDIC',
      Buffer.from('d7c1e2e2e6d6d9c47e8885939396a69699938440a285839985a3', 'hex'),
      /not a known archive format/,
    ],
    ['a known secret in bytes of no known format', padded(300).fill(0xfe, word.length), /known secret/],
  ],
  encodings: [
    ['base64', base64(`before the value is ${word} and after it`), /known secret/],
    ['base64 twice', base64(base64(`before the value is ${word} and after`)), /known secret/],
    ['base64 three times', base64(base64(base64(`before the value is ${word} and after`))), /known secret/],
    ['base64 of nothing else', base64(word), /known secret/],
    ['base64 at another offset', base64(`x${word}`), /known secret/],
    ['base64url', Buffer.from(`\xff\xfe${word}\xff`, 'latin1').toString('base64url'), /known secret/],
    ['base64 on several lines', wrapped(base64(`${'x'.repeat(60)}${word}`), 76), /known secret/],
    ['base64 with CRLF', wrapped(base64(`${'x'.repeat(60)}${word}`), 76).replaceAll('\n', '\r\n'), /known secret/],
    [
      'base64 with line breaks in JSON',
      JSON.stringify({ a: wrapped(base64(`${'x'.repeat(60)}${word}`), 76) }),
      /known secret/,
    ],
    ['a data URI', `<a href="data:text/plain;base64,${base64(`a long enough text with ${word}`)}">`, /known secret/],
    ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ key }) }), /private key/],
    [
      'a known secret with quotes in JSON in JSON',
      JSON.stringify(JSON.stringify('q"uoted-secret-word')),
      /known secret/,
    ],
    ['hex', hex(word), /known secret/],
    ['hex in capitals', hex(word).toUpperCase(), /known secret/],
    ['hex of a key', hex(key), /private key/],
    ['hex with colons', hex(der).replace(/..(?!$)/g, '$&:'), /private key/],
    ['percent encoding', [...Buffer.from(word)].map((byte) => `%${byte.toString(16)}`).join(''), /known secret/],
    ['percent encoding of a key', encodeURIComponent(key), /private key/],
    ['a form with a key', new URLSearchParams({ key }).toString(), /private key/],
    ['%2E in a JWT', jwt.replaceAll('.', '%2E'), /JWT/],
    ['character references', [...word].map((one) => `&#${one.charCodeAt(0)};`).join(''), /known secret/],
    ['a key with &#10;', key.replaceAll('\n', '&#10;'), /private key/],
    ['a key with <br>', key.replaceAll('\n', '<br>'), /private key/],
    ['escapes of JSON', [...word].map((one) => `\\u00${hex(one)}`).join(''), /known secret/],
    ['escapes of C', [...word].map((one) => `\\x${hex(one)}`).join(''), /known secret/],
    ['UTF-16, little-endian', Buffer.from(`a ${word} b`, 'utf16le'), /known secret/],
    ['UTF-16, big-endian', utf16be(`a ${word} b`), /known secret/],
    ['UTF-16 with its mark', Buffer.from(`\ufeffa ${word} b`, 'utf16le'), /known secret/],
    ['UTF-16, big-endian, with its mark', utf16be(`\ufeffa ${key} b`), /private key/],
    ['a JWT in UTF-16', Buffer.from(jwt, 'utf16le'), /JWT/],
    ['a known secret on two lines', `a ${word.slice(0, 9)}\n  ${word.slice(9)}`, /known secret/],
    [
      'a known secret in Latin-1',
      Buffer.from(`caf\xe9 ${word} and some more text around it`, 'latin1'),
      /known secret/,
    ],
    ['a JWT on two lines', `${jwt.slice(0, 30)}\n${jwt.slice(30)}`, /JWT/],
  ],
  keys: [
    ['PKCS 8', key, /private key/],
    ['PKCS 1', rsa('pkcs1'), /private key/],
    [
      'EC',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
      /private key/,
    ],
    ['PKCS 8, encrypted', rsa('pkcs8', 'x'), /private key/],
    ['PKCS 1, encrypted', rsa('pkcs1', 'x'), /private key/],
    [
      'OpenSSH',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64(`openssh-key-v1\0${'x'.repeat(80)}`)}\n-----END OPENSSH PRIVATE KEY-----\n`,
      /private key/,
    ],
    [
      'PGP',
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF${'x'.repeat(60)}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----`,
      /private key/,
    ],
    ['a key with a log prefix on each line', key.replace(/^/gm, '2026-11-29T10:00:00Z app: '), /private key/],
    ['a key without its header', body.join('\n'), /private key/],
    ['a key on one line without its header', body.join(''), /private key/],
    ['a key whose beginning is cut off', key.slice(200), /private key/],
    ['a key whose end is cut off', key.slice(0, 200), /private key/],
    ['a key in DER', der, /private key/],
    ['a key in base64', `ca-key.pem: ${base64(key)}`, /private key/],
    ['a key in base64 that ran into a word', `path/x${base64(key)}`, /private key/],
  ],
  tokens: [
    ['a JWT', `token is ${jwt}`, /JWT/],
    ['a JWT in a URL', `GET /?t=${jwt}&b=c`, /JWT/],
    ['a JWT after _', `token_${jwt}`, /JWT/],
    ['a JWE', [head, claims.slice(2), 'aXYtaXYtaXYt', signature, 'dGFnLXRhZy10YWctdGFn'].join('.'), /JWE/],
    ['a bearer token', `Authorization: Bearer ${'abcdef'.repeat(5)}`, /bearer/],
    ['a short bearer token', 'Authorization: Bearer abcdefghij12', /redacted elsewhere/],
    ['Authorization: token', 'Authorization: token abcdefghij12', /redacted elsewhere/],
    ['basic authentication', `Authorization: Basic ${base64('admin:hunter2')}`, /redacted elsewhere/],
    ['X-Api-Key', 'X-Api-Key: abcdefghij12', /redacted elsewhere/],
    ['a cookie', 'Cookie: session=abcdefghij12', /redacted elsewhere/],
    ['a URL with a password', 'pull https://robot:p4ssw0rd12@registry.example/v2/', /redacted elsewhere/],
    ['a password', 'dsn host=a password=hunter2hunter2', /redacted elsewhere/],
    ['a password in JSON', JSON.stringify({ a: [{ password: 'hunter2hunter2' }] }), /redacted elsewhere/],
    ['a password in a line of JSON', `{"a":1}\n{"password":"hunter2hunter2"}\n`, /redacted elsewhere/],
    ['a kubeconfig', kubeconfig, /client key of a kubeconfig/],
    ['a kubeconfig in JSON', JSON.stringify({ 'client-key-data': base64(key) }), /client key of a kubeconfig/],
    ['an opaque token of a kubeconfig', 'users:\n- user:\n    token: opaque-0123456789-word\n', /redacted elsewhere/],
    ['a bootstrap token', '    token: abcdef.0123456789abcdef\n', /token of a kubeconfig/],
    ['a bootstrap token after a space', 'kubeadm join --discovery abcdef.0123456789abcdef', /bootstrap token/],
    ['a Secret', 'kind: Secret\ndata:\n  a: aHVudGVyMg==\n', /redacted elsewhere/],
    [
      'Docker’s configuration',
      JSON.stringify({ auths: { 'r.example': { auth: base64('robot:p4ssw0rd12') } } }),
      /login of a registry/,
    ],
    [
      'a Secret of Docker’s configuration',
      JSON.stringify({ kind: 'Secret', data: { '.dockerconfigjson': base64(JSON.stringify({ auths: {} })) } }),
      /redacted elsewhere/,
    ],
    ['a key id of AWS', `a ${aws.id} b`, /AWS/],
    ['a secret key of AWS', `AWS_SECRET_ACCESS_KEY=${aws.secret}`, /secret found by aws|redacted elsewhere/],
    ['a token of GitHub', `a ${github} b`, /secret found by github/],
    [
      'a fine-grained token of GitHub',
      `a github_pat_${'11ABCDEFG0'.padEnd(22, 'a')}_${'b'.repeat(59)} b`,
      /secret found by github/,
    ],
    ['a token of GitLab', `a ${gitlab} b`, /secret found by gitlab/],
    ['a token of Slack', `a ${slack} b`, /secret found by slack/],
    [
      'a token beside a comment that would switch secretlint off',
      `/* secretlint-disable */ ${slack}`,
      /secret found by slack/,
    ],
  ],
};
