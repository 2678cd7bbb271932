import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { redact } from '../src/kernel/secrets/redact.js';

const { privateKey: pem } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const rsaPem = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const wrap = (text: string, width: number, indent = '') =>
  text.replace(new RegExp(`(.{${width}})`, 'g'), `$1\n${indent}`);
const jwt = [
  { alg: 'RS256', kid: 'k' },
  { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:a:b' },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('c2lnbmF0dXJlLW9mLWEtdG9rZW4')
  .join('.');
const canary = 'CaNaRy-9f8e7d6c';
const certificate = `-----BEGIN CERTIFICATE-----\n${wrap(base64('\x30\x82public part '.repeat(20)), 64)}\n-----END CERTIFICATE-----\n`;
const kubeconfig = stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    { name: 'c', cluster: { server: 'https://172.18.0.2:6443', 'certificate-authority-data': base64(certificate) } },
  ],
  users: [
    {
      name: 'u',
      user: { 'client-key-data': base64(pem), 'client-certificate-data': base64(certificate), token: canary },
    },
  ],
});
const secret = (values: Record<string, string>, more: object = {}) => ({
  apiVersion: 'v1',
  data: values,
  kind: 'Secret',
  metadata: { name: 'cacerts', namespace: 'istio-system', ...more },
  type: 'Opaque',
});

/** Every line of the key's body, in whatever encoding `text` has it. */
function fragments(key: string): string[] {
  const body = key.split('\n').filter((line) => line && !line.startsWith('-----'));
  return [
    ...body,
    body
      .map((line) => base64(line))
      .join('')
      .slice(0, 40),
    base64(key).slice(60, 120),
    base64(key).slice(400, 460),
  ];
}

const gone: [what: string, text: string, secrets: string[]][] = [
  ['a PEM key', `before\n${pem}after`, fragments(pem)],
  ['an indented PEM key', `key: |\n  ${rsaPem.replaceAll('\n', '\n  ')}\nafter: x`, fragments(rsaPem)],
  ['a PEM key in a JSON string', JSON.stringify({ key: pem, after: 1 }), fragments(pem)],
  ['a PEM key in JSON in JSON', JSON.stringify({ log: JSON.stringify({ key: pem }) }), fragments(pem)],
  ['a PEM key that is cut off', pem.slice(0, 900), fragments(pem.slice(0, 900))],
  ['a PEM key whose beginning is cut off', `${pem.slice(200)}after`, fragments(pem.slice(264))],
  [
    'a PEM key with a prefix on each line',
    pem.replace(/^/gm, '[pod/a-1/app] 2026-11-29T10:00:00Z '),
    fragments(pem).slice(0, -4),
  ],
  [
    'a PEM key with a prefix, cut off',
    pem.slice(200).replace(/^/gm, '[pod/a-1/app] '),
    fragments(pem.slice(264)).slice(0, -4),
  ],
  ['base64 of a PEM key', `data ${base64(pem)} after`, fragments(pem)],
  ['base64 of a PEM key, wrapped', `  key: >\n    ${wrap(base64(rsaPem), 76, '    ')}\nafter`, fragments(rsaPem)],
  ['base64 of a PEM key after a certificate', `${base64(certificate)}\n${base64(pem)}`, fragments(pem)],
  ['base64 of a PEM key, run into a word', `path/x${base64(pem)}`, fragments(pem)],
  ['base64 of base64 of a PEM key', base64(base64(pem)), [base64(base64(pem)).slice(200, 260)]],
  ['a kubeconfig', kubeconfig, [canary, ...fragments(pem)]],
  [
    'a kubeconfig as JSON',
    JSON.stringify({ user: { token: canary, 'client-key-data': base64(canary.repeat(3)) } }),
    [canary, base64(canary.repeat(3))],
  ],
  [
    'base64 of a kubeconfig',
    `cluster2: ${base64(kubeconfig)}`,
    [base64(kubeconfig).slice(0, 60), base64(kubeconfig).slice(-60)],
  ],
  [
    'a Secret in YAML',
    stringify(secret({ 'ca-key.pem': base64(pem), short: base64(canary) })),
    [base64(canary), ...fragments(pem)],
  ],
  [
    'a Secret with stringData',
    `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${canary}\n  b: |\n    x\n\n    ${canary}\n  c: {a: "${canary}"}\n`,
    [canary],
  ],
  ['a Secret with data on one line', `kind: Secret # it\ndata: {a: ${canary}}\n`, [canary]],
  [
    'Secrets in a list',
    stringify({ apiVersion: 'v1', items: [secret({ a: canary }), secret({ b: canary })], kind: 'List' }),
    [canary],
  ],
  [
    'Secrets in several documents',
    `${stringify(secret({ a: canary }))}---\n${stringify(secret({ b: canary }))}`,
    [canary],
  ],
  ['a Secret in JSON', JSON.stringify(secret({ a: canary, b: `x"\\${canary}` })), [canary]],
  ['a Secret in indented JSON', JSON.stringify(secret({ a: canary, b: canary }), undefined, 2), [canary]],
  [
    'a Secret in JSON in JSON',
    JSON.stringify({ m: JSON.stringify(secret({ a: `q"${canary}`, b: canary })) }),
    [canary],
  ],
  [
    'an annotation with the last applied Secret',
    stringify(
      secret(
        { a: canary },
        { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(secret({ a: canary })) } },
      ),
    ),
    [canary],
  ],
  [
    'a Secret in JSON that is cut off',
    JSON.stringify({ kind: 'Secret', data: { a: canary } }).slice(0, -6),
    [canary.slice(0, 12)],
  ],
  ['a JWT', `found ${jwt}, and`, jwt.split('.')],
  ['an encrypted JWT', `by eyJhbGciOiJkaXIifQ..${canary}.${canary}x.${canary}y, so`, [canary]],
  ['a bootstrap token', 'join with abc1ef.0123456789abcdef.', ['0123456789abcdef']],
  ['a login of a registry', '{"auths":{"r.example":{"auth":"cm9ib3Q6cDRzc3cwcmQ="}}}', ['cm9ib3Q6cDRzc3cwcmQ']],
  ['a JWT after a word', `token_${jwt}`, jwt.split('.').slice(1)],
  ['a bearer header', `> Authorization: Bearer ${canary}`, [canary]],
  ['a bearer header in capitals', `AUTHORIZATION: BEARER ${canary}`, [canary]],
  ['a basic header', `authorization: basic ${base64(`u:${canary}`)}==`, [base64(`u:${canary}`)]],
  ['a header in JSON', `{"authorization":"Bearer ${canary}","x":1}`, [canary]],
  ['a header with several values', `{"Authorization":["Negotiate ${canary}"]}`, [canary]],
  ['a header in an Envoy log', `'authorization', 'Token ${canary}'\n':path', '/hello'`, [canary]],
  ['a header in a command', `curl -H 'Authorization: Bearer ${canary}' http://a/`, [canary]],
  ['a header in escaped JSON', `{\\"authorization\\": \\"Bearer ${canary}\\"}`, [canary]],
  ['a cookie', `Set-Cookie: session=${canary}; Path=/`, [canary]],
  ['user information in a URL', `pull https://robot:${canary}@registry.example/v2/ failed`, [canary]],
  ['a token as user information', `https://${canary}@github.example/x.git`, [canary]],
  ['password=', `dsn host=a password=${canary} sslmode=off`, [canary]],
  ['password:', `password: "${canary} with spaces"`, [canary, 'with spaces']],
  ['an environment variable', `DB_PASSWORD=${canary} AWS_SECRET_ACCESS_KEY=${canary}`, [canary]],
  ['a query', `GET /a?access_token=${canary}&b=c`, [canary]],
  ['a flag', `kubectl --token ${canary} get pods; curl -u admin:${canary} http://a`, [canary]],
  ['a flag with =', `kubectl --token=${canary} get pods`, [canary]],
  ['a token in YAML', `user:\n  token: ${canary}\n  x: y`, [canary]],
  [
    'a bootstrap token within a line',
    `kubeadm join --discovery token: abcdef.0123456789abcdef now`,
    ['0123456789abcdef'],
  ],
];

describe('secrets', () => {
  test.each(gone)('%s', (_, text, secrets) => {
    const out = redact(text);
    for (const part of secrets) expect(out).not.toContain(part);
    expect(out).toContain('[redacted]');
    expect(redact(out)).toBe(out);
  });
});

test('what is around a secret stays', () => {
  expect(redact(`before\n${pem}after: 1`)).toBe('before\n[redacted]\nafter: 1');
  expect(redact('GET /a?access_token=xyz&b=c')).toBe('GET /a?access_token=[redacted]&b=c');
  expect(redact(stringify(secret({ 'ca-cert.pem': 'YQ==', 'ca-key.pem': 'Yg==' })))).toBe(
    stringify(secret({ A: 'a', B: 'b' }))
      .replace('A: a', 'ca-cert.pem: [redacted]')
      .replace('B: b', 'ca-key.pem: [redacted]'),
  );
  expect(JSON.parse(redact(JSON.stringify(secret({ a: 'Yg==' }))))).toEqual(secret({ a: '[redacted]' }));
});

test.each([
  ['a certificate', certificate],
  ['base64 of a certificate', `caBundle: ${base64(certificate)}`],
  ['a ConfigMap', stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: { mesh: 'accessLogEncoding: JSON' } })],
  [
    'a ConfigMap after a Secret',
    `${redact(stringify(secret({ a: 'b' })))}---\n${stringify({ data: { mesh: 'x: y' }, kind: 'ConfigMap' })}`,
  ],
  ['a message about a token', 'failed to verify token: rpc error: code = Unavailable'],
  ['a SPIFFE identity', 'spiffe://cluster.local/ns/sample/sa/sleep'],
  ['an image by digest', `localhost/lab/kind-node@sha256:${'0a1b2c3d'.repeat(8)}`],
  [
    'an access log line',
    '{"upstream_host":"172.18.0.200:15443","path":"/hello","authority":"helloworld.sample:5000","duration":3}',
  ],
  ['a policy', 'kind: AuthorizationPolicy\nmetadata:\n  name: allow-sleep\nautomountServiceAccountToken: false'],
  ['names of secrets', 'volumes:\n- name: cacerts\n  secret:\n    optional: true\n    secretName: cacerts'],
])('%s is left alone', (_, text) => {
  expect(redact(text)).toBe(text);
});

test('redacting twice changes nothing, whatever is put together', () => {
  // a fixed generator, so that a failure can be replayed
  let seed = 7;
  const next = (below: number) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % below;
  const pieces = [
    ...gone.map(([, text]) => text),
    '"',
    "'",
    '\\',
    '\n',
    ' ',
    ':',
    '=',
    '- ',
    '  ',
    '{',
    '}',
    'token',
    'kind: Secret\n',
    'data:\n',
    '[redacted]',
  ];
  for (let round = 0; round < 1000; round++) {
    const text = Array.from({ length: 1 + next(5) }, () => {
      const piece = pieces[next(pieces.length)]!;
      return next(3) === 0 ? piece.slice(next(piece.length)) : piece;
    }).join('');
    const once = redact(text);
    expect(redact(once)).toBe(once);
  }
});
