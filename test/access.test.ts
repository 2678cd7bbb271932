import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { kindAccess } from '../src/clusters/access.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const cluster = { 'certificate-authority-data': base64('authority'), server: 'https://192.0.2.1:6443' };
const user = { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') };
const kubeconfig = (clusters: object[], users: object[]): string =>
  stringify({
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    clusters: clusters.map((cluster) => ({ name: 'one', cluster })),
    users: users.map((user) => ({ name: 'one', user })),
  });

test('a kubeconfig as kind writes it is read without the client that knows them all', () => {
  expect(kindAccess(kubeconfig([cluster], [user]))).toEqual({
    server: cluster.server,
    tls: { ca: Buffer.from('authority'), cert: Buffer.from('certificate'), key: Buffer.from('key') },
    headers: {},
  });
});

test.each([
  ['a second cluster', kubeconfig([cluster, cluster], [user])],
  ['a second user', kubeconfig([cluster], [user, user])],
  ['a proxy', kubeconfig([{ ...cluster, 'proxy-url': 'http://192.0.2.9' }], [user])],
  ['a name for TLS', kubeconfig([{ ...cluster, 'tls-server-name': 'api' }], [user])],
  ['no authority', kubeconfig([{ server: cluster.server }], [user])],
  ['a token', kubeconfig([cluster], [{ token: 'secret' }])],
  ['a token beside the certificate', kubeconfig([cluster], [{ ...user, token: 'secret' }])],
  ['a credential plugin', kubeconfig([cluster], [{ exec: { command: 'login' } }])],
  ['nothing', ''],
])('one with %s is left to that client', (_, text) => {
  expect(kindAccess(text)).toBeUndefined();
});
