import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { run } from '../src/kernel/run-program.js';
import { cleanUp, currentSignal, settleAll, together } from '../src/kernel/cancellation.js';

const fail = async (): Promise<never> => {
  throw new Error('first');
};
/** Fails at once where its scope is aborted. */
const part = async (): Promise<string> => {
  const signal = currentSignal();
  await after(20);
  signal.throwIfAborted();
  return 'done';
};

test('where parts stand or fall together, one that fails ends the others', async () => {
  let other: Promise<string> | undefined;
  await expect(together(() => settleAll([fail(), (other = part())]))).rejects.toThrow('first');
  await expect(other).rejects.toThrow('first');
});

test('in a clean-up, one that fails ends no other', async () => {
  let other: Promise<string> | undefined;
  await expect(cleanUp(() => settleAll([fail(), (other = part())]))).rejects.toThrow('first');
  await expect(other).resolves.toBe('done');
});

test('where the work that it is part of was ended, a clean-up goes on', async () => {
  const said: string[] = [];
  const other = async (): Promise<void> => {
    await part().catch((error: Error) => said.push(error.message));
    await run('echo', ['on']).catch((error: Error) => said.push(error.message));
    said.push(await cleanUp(() => run('echo', ['on'])));
    said.push(await cleanUp(() => together(() => run('echo', ['on']))));
  };
  await expect(together(() => settleAll([fail(), other()]))).rejects.toThrow('first');
  expect(said).toEqual(['first', 'first', 'on', 'on']);
});
