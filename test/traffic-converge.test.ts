import { expect, test } from 'vitest';
import { converge, ConvergenceError, type Outcome } from '../src/kernel/converge.js';
import { Undetermined } from '../src/kernel/undetermined.js';

const quick = { timeout: 5000, interval: 2 };
const is =
  (wanted: number) =>
  (got: number): Outcome =>
    got === wanted ? { ok: true } : { ok: false, expected: `${wanted}`, got: `${got}` };
const answers = (...values: (number | Error)[]) => {
  let i = 0;
  return async () => {
    const value = values[Math.min(i++, values.length - 1)]!;
    if (value instanceof Error) throw value;
    return value;
  };
};

test('asks until the answer is right', async () => {
  const found = await converge(answers(0, 0, 1), is(1), quick);
  expect(found).toMatchObject({ value: 1, attempts: 3 });
  expect(found.timeToFirstMs).toBe(found.durationMs);
});

test('wants the answers in a row; a wrong one between them starts it anew', async () => {
  const found = await converge(answers(1, 0, 1, 1, 0), is(1), { ...quick, successes: 2 });
  expect(found.attempts).toBe(4);
  expect(found.timeToFirstMs).toBeLessThan(found.durationMs);
});

test('gives up with the attempts, the merged histogram and the last answer', async () => {
  let sent = 0;
  const probe = async () => ({ number: ++sent, histogram: () => ({ v1: 10 }) });
  const error = await converge(probe, () => ({ ok: false, expected: 'v1, v2', got: 'v1' }), {
    timeout: 300,
    interval: 2,
  }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ConvergenceError);
  const { attempts, histogram, last, outcome } = error as ConvergenceError<{ number: number }>;
  expect(attempts).toBeGreaterThan(1);
  expect(last.number).toBe(attempts);
  expect(histogram).toEqual({ v1: 10 * attempts });
  expect(outcome).toEqual({ ok: false, expected: 'v1, v2', got: 'v1' });
});

test('an undetermined attempt is asked again, and is the result if it is so at the end', async () => {
  expect((await converge(answers(new Undetermined('pod gone'), 1), is(1), quick)).attempts).toBe(2);
  await expect(
    converge(answers(0, new Undetermined('pod gone')), is(1), { timeout: 300, interval: 2 }),
  ).rejects.toThrow('Undetermined: pod gone');
});

test('an error that is a bug is thrown at once', async () => {
  await expect(converge(answers(new TypeError('oops')), is(1), quick)).rejects.toThrow(TypeError);
});

test('a probe that hangs is aborted; without any answer nobody knows', async () => {
  const hang = (signal: AbortSignal) =>
    new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  await expect(converge(hang, is(1), { timeout: 20 })).rejects.toThrow('Undetermined: no answer within');
});

test('stops from outside with the reason given', async () => {
  const stop = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(converge(answers(0), is(1), { ...quick, signal: stop })).rejects.toThrow('Ctrl-C');
});
