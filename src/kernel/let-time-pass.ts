import { setTimeout as pause } from 'node:timers/promises';
import { currentSignal } from './cancellation.js';

/**
 * Lets time pass in which something is measured, or until it is looked again at what has no end of its own: it is no wait for a
 * condition, for which there is `converge`. Throws the reason of an interrupt.
 */
export async function letTimePass(milliseconds: number): Promise<void> {
  const signal = currentSignal();
  await pause(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** The same, but ends early, and without an error, when `signal` aborts. */
export async function letTimePassUntil(signal: AbortSignal, milliseconds: number): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
