import { expect, test } from 'vitest';
import { planWithoutSecrets, secretsOfPlan } from '../src/plan/plan-secrets.js';
import type { Plan } from '../src/topology/plan-types.js';

const planOf = (values: object, meshConfig: object = {}): Plan =>
  ({
    topology: 't',
    istio: { values, meshConfig },
    controlPlanes: [],
    environment: { values: {} },
    images: {},
  }) as unknown as Plan;

const words = (values: object, meshConfig?: object): string[] =>
  secretsOfPlan(planOf(values, meshConfig)).map(({ word }) => word);

test.each<[string, object, string[]]>([
  ['a token', { env: { API_TOKEN: 's3cr3t-value' } }, ['s3cr3t-value']],
  ['a variable', { env: [{ name: 'CLIENT_SECRET', value: 's3cr3t-value' }] }, ['s3cr3t-value']],
  ['a header', { headers: [{ name: 'Authorization', value: 'ApiKey s3cr3t-value' }] }, ['ApiKey s3cr3t-value']],
  ['a password that is a number', { password: 12345678 }, ['12345678']],
])('a setting that holds a secret is known and not printed: %s', (_, values, expected) => {
  expect(words(values)).toEqual(expected);
  expect(words({}, values)).toEqual(expected);
  const printed = JSON.stringify(planWithoutSecrets(planOf(values, values)));
  for (const word of expected) expect(printed).not.toContain(word);
  expect(printed).toContain('[redacted]');
});

test.each<[string, object]>([
  ['the name of a Secret', { gateways: { secretName: 'my-certificate-1', imagePullSecrets: ['registry-login-1'] } }],
  ['how tokens are used', { pilot: { env: { TOKEN_AUDIENCES: 'istio-ca-2' } }, tokenTTL: '86400000s' }],
  ['an image', { global: { hub: 'registry.example:5000/istio', tag: '1.31.0-distroless' } }],
])('a setting that only speaks of a secret stays: %s', (_, values) => {
  expect(words(values)).toEqual([]);
  expect(planWithoutSecrets(planOf(values)).istio.values).toEqual(values);
});
