import { afterEach, expect, test } from 'vitest';
import { addSpan, keepSpansIn } from '../src/kernel/spans.js';
import { exitCode, MeshproofError } from '../src/kernel/errors.js';
import { fileProblem } from '../src/kernel/file-problem.js';
import { converge } from '../src/kernel/converge.js';

afterEach(() => keepSpansIn(undefined));

const described = (error: unknown): string => (error as MeshproofError).describe();

test('what cannot be written is told with its path, the cause and what to do', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const problem = fileProblem(error, '/reports/x/result.json');
  expect(problem.code).toBe(exitCode.environment);
  expect(described(problem)).toBe(
    '/reports/x/result.json cannot be written: no space left on the device (ENOSPC)\n' +
      '  to do: free some space there, then try again',
  );
  expect(described(fileProblem(new Error('odd'), '/x'))).toBe('/x cannot be written: odd');
  expect(fileProblem(problem, '/y')).toBe(problem);
});

test('a span that cannot be written is no raw error, also in a wait', async () => {
  keepSpansIn('/dev/full');
  const said = '/dev/full cannot be written: no space left on the device (ENOSPC)';
  const span = { command: 'x', start: 0, end: 1, exit: 0 };
  expect(() => addSpan(span)).toThrow(MeshproofError);
  const wrong = { ok: false as const, expected: '', got: '' };
  const waited = converge(
    () => Promise.resolve(0),
    () => wrong,
    { timeout: 1000, interval: 1 },
  );
  expect(described(await waited.catch((error: unknown) => error))).toContain(said);
});
