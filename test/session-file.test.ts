import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { behaviourLimit } from '../src/engine/playwright/behaviour-limit.js';
import { openSession, sessionVariable, writeSession } from '../src/engine/playwright/session-file.js';
import { exitCode, MeshproofError } from '../src/kernel/errors.js';
import { converge, type ConvergenceError } from '../src/kernel/converge.js';
import { scaled, scaleTimeLimits } from '../src/kernel/time-limits.js';
import { knownSecrets, rememberSecrets, shareSecrets } from '../src/kernel/secrets/known-secrets.js';
import { addSpan, keepSpansIn } from '../src/kernel/spans.js';
import { meshSessionIn, sessionIn } from './helpers/session.js';

let folder: string;
const file = (): string => path.join(folder, 'session.json');
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'meshproof-session-'))));
afterEach(() => {
  shareSecrets(undefined);
  keepSpansIn(undefined);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function opened(text: string): MeshproofError {
  writeFileSync(file(), text);
  vi.stubEnv(sessionVariable, file());
  try {
    openSession();
  } catch (error) {
    return error as MeshproofError;
  }
  throw new Error('it was opened');
}

test('a process gets all that was written, from a file that only the user can read', () => {
  const unmet = { images: { 'curl:1': 'no registry' }, room: {}, rights: [], unknown: [] };
  const change = { manifest: 'LB-2', object: 'DestinationRule/x', patch: null };
  sessionIn(folder, { unmet, manifestChanges: [change], long: true });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  vi.stubEnv(sessionVariable, file());
  expect(openSession()).toEqual({
    version: 1,
    suites: [folder],
    timeouts: { scale: 1 },
    mesh: meshSessionIn(folder, { unmet, manifestChanges: [change], long: true }),
  });
});

test('secrets and spans of a process go to the others of its run', () => {
  vi.stubEnv(sessionVariable, sessionIn(folder)[sessionVariable]);
  const { mesh } = openSession()!;
  rememberSecrets([{ word: 'a-word-of-this-session', source: 'test' }]);
  addSpan({ command: 'kubectl', start: 0, end: 1, exit: 0 });
  expect(readFileSync(mesh!.secretsFile, 'utf8')).toContain('a-word-of-this-session');
  expect(readFileSync(mesh!.spansFile, 'utf8')).toBe('{"command":"kubectl","start":0,"end":1,"exit":0}\n');
  writeFileSync(mesh!.secretsFile, '{"word":"a-word-of-another-process","source":"x"}\n', { flag: 'a' });
  rememberSecrets([]);
  expect(knownSecrets().map(({ word }) => word)).toContain('a-word-of-another-process');
});

test.each([
  ['no JSON', '{', /cannot use the session file: .*JSON/],
  ['another version', '{"version":2,"suites":["/x"]}', /cannot use the session file: version: /],
  ['no folder of specs', '{"version":1,"suites":[]}', /cannot use the session file: suites: /],
  [
    'a scale of 0',
    '{"version":1,"suites":["/x"],"timeouts":{"scale":0}}',
    /cannot use the session file: timeouts\.scale: /,
  ],
  ['a relative path', '{"version":1,"suites":["x"]}', /cannot use the session file: suites\.0: /],
  [
    'a key that nobody knows',
    '{"version":1,"suites":["/x"],"timeouts":{"scale":1},"flags":1}',
    /cannot use the session file: .*"flags"/,
  ],
])('%s is refused, with the file', (_, text, message) => {
  const error = opened(text);
  expect(error).toBeInstanceOf(MeshproofError);
  expect([error.code, error.where]).toEqual([exitCode.environment, file()]);
  expect(error.message).toMatch(message);
});

test('without a session there is none, and nothing is written', () => {
  vi.stubEnv(sessionVariable, undefined);
  expect(openSession()).toBeUndefined();
  expect(existsSync(file())).toBe(false);
});

test('time limits of a process are those of its session', async () => {
  const file = path.join(folder, 'scaled.json');
  writeSession(file, { version: 1, suites: [folder], timeouts: { scale: 0.5 } });
  vi.stubEnv(sessionVariable, file);
  openSession();
  expect([scaled(120), behaviourLimit(2, false)]).toEqual([60, 240_000]);
  const wrong = { ok: false as const, expected: 'a', got: 'b' };
  const waited = converge(
    () => Promise.resolve(0),
    () => wrong,
    { timeout: 200, interval: 10 },
  );
  expect(((await waited.catch((error: unknown) => error)) as ConvergenceError).durationMs).toBeLessThan(190);
  scaleTimeLimits(1);
});
