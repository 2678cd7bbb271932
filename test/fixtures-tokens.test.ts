import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { TokenIssuer } from '../fixtures/token-issuer.js';

const part = (text = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;

test('a token is signed by the key that its issuer publishes, and by no other', () => {
  const [issuer, forger] = [new TokenIssuer('meshproof'), new TokenIssuer('meshproof')];
  const signedBy = ({ jwks }: TokenIssuer, token: string): boolean => {
    const [header, claims, signature = ''] = token.split('.');
    const [key] = (JSON.parse(jwks) as { keys: JsonWebKey[] }).keys;
    return verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      createPublicKey({ key: key!, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    );
  };
  const token = issuer.token();
  expect(signedBy(issuer, token)).toBe(true);
  expect(signedBy(forger, token)).toBe(false);
  expect(Object.keys((JSON.parse(issuer.jwks) as { keys: object[] }).keys[0]!)).not.toContain('d');

  const now = Date.now() / 1000;
  expect(part(token.split('.')[1])).toMatchObject({ iss: 'meshproof', sub: 'member' });
  expect(part(token.split('.')[1])['exp']).toBeGreaterThan(now);
  expect(part(issuer.token({ secondsLeft: -60 }).split('.')[1])['exp']).toBeLessThan(now);
});
