import { expect, test } from 'vitest';
import { redact } from '../src/kernel/secrets/redact.js';

test.each([
  ['-----BEGIN PRIVATE KEY-----'],
  ['-----BEGIN PRIVATE KEY-----A'],
  ['AAAA\n'],
  ['A'],
  ['eyJ'],
  ['eyJ-'],
  ['a.'],
  ['://'],
  ['token: '],
  ['password '],
  ['authorization" '],
  [' '],
  ['\\'],
  ['{"data":{'],
  ['"kind":"Secret","data":{"a":"b",'],
  ['kind: Secret\n'],
  ['kind: Secret\ndata:\n a: b\n'],
  ['- '],
  ['--token '],
  ['LS0tLS1CRUdJTi'],
  ['-----END PRIVATE KEY-----\n'],
  ['eyJ..'],
  ['abc1e2.'],
  ['"auth": "'],
])('time is linear in the length: %j', (unit) => {
  const time = (bytes: number) => {
    const text = unit.repeat(bytes / unit.length);
    const start = performance.now();
    redact(text);
    return performance.now() - start;
  };
  time(50_000);
  // quadratic time would be some ten seconds here
  expect(time(400_000)).toBeLessThan(1500);
});
