import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { currentSignal, together } from '../src/kernel/cancellation.js';
import { refuseCircles, runGraph, type GraphStep } from '../src/kernel/run-graph.js';

const step = (id: string, ...before: string[]): GraphStep => ({ id, after: before });

/** Runs a graph to its end; every begin and end in order. */
async function play(steps: readonly GraphStep[], work: (id: string) => Promise<unknown> = () => Promise.resolve()) {
  const log: string[] = [];
  const run = together(async () => {
    const ended = runGraph(steps, async ({ id }) => {
      log.push(`begin ${id}`);
      return work(id);
    });
    for await (const { step } of ended) log.push(`end ${step.id}`);
  });
  const error = await run.then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { log, error };
}

test('a step begins when all that it comes after has ended, and the others go side by side', async () => {
  const times: Record<string, number> = { a: 20, b: 5, c: 0, d: 0 };
  const { log } = await play([step('d', 'a', 'b'), step('a'), step('b'), step('c', 'b')], (id) => after(times[id]));
  expect(log).toEqual(['begin a', 'begin b', 'end b', 'begin c', 'end c', 'end a', 'begin d', 'end d']);
});

test('what comes after a step begins when the caller has taken note of it', async () => {
  const log: string[] = [];
  for await (const { step: ended } of runGraph([step('a'), step('b', 'a')], async ({ id }) =>
    log.push(`begin ${id}`),
  )) {
    await after(5);
    log.push(`noted ${ended.id}`);
  }
  expect(log).toEqual(['begin a', 'noted a', 'begin b', 'noted b']);
});

test('steps that end at the same moment are all told', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  const { log } = await play(ids.map((id) => step(id)));
  expect(log.filter((line) => line.startsWith('end')).sort()).toEqual(ids.map((id) => `end ${id}`));
});

test('after a failure nothing begins, what is under way is ended, and the first failure is thrown when all has ended', async () => {
  let ended = false;
  const { log, error } = await play([step('a'), step('b'), step('c', 'a')], async (id) => {
    if (id === 'a') throw new Error('a is broken');
    // as a command does that is ended
    await new Promise<void>((resolve) => currentSignal().addEventListener('abort', () => resolve()));
    await after(5);
    ended = true;
    throw new Error('b was ended');
  });
  expect(error).toBe('a is broken');
  expect(ended).toBe(true);
  expect(log).toEqual(['begin a', 'begin b']);
});

test('a caller that throws ends what is under way, and waits for it', async () => {
  let ended = false;
  const run = together(async () => {
    const work = async ({ id }: GraphStep): Promise<void> => {
      if (id === 'a') return;
      await new Promise<void>((resolve) => currentSignal().addEventListener('abort', () => resolve()));
      ended = true;
    };
    for await (const { step: one } of runGraph([step('a'), step('b')], work)) throw new Error(`no room for ${one.id}`);
  });
  await expect(run).rejects.toThrow('no room for a');
  expect(ended).toBe(true);
});

test('a graph without steps ends at once', async () => {
  expect(await play([])).toEqual({ log: [], error: undefined });
});

test.each([
  ['a circle', [step('a', 'b'), step('b', 'a')], 'steps wait for each other: a, b, a'],
  ['a step that is not there', [step('a', 'b')], 'a comes after b, which is not a step of the graph'],
  ['an id that exists twice', [step('a'), step('a')], 'two steps of the graph have the same id'],
])('%s is refused before anything begins', async (_, steps, message) => {
  expect(() => refuseCircles(steps)).toThrow(message);
  expect(await play(steps)).toEqual({ log: [], error: message });
});
