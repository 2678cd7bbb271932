import { setTimeout as pause } from 'node:timers/promises';
import { currentSignal } from './cancellation.js';

/**
 * Lets time pass for a measurement, or before the next look at something without an end. It does not wait for a
 * condition: `converge` does. Throws the reason of an interrupt.
 */
export async function letTimePass(milliseconds: number): Promise<void> {
  const signal = currentSignal();
  await pause(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** The same, but ends early, and without an error, when `signal` aborts. */
export async function letTimePassUntil(signal: AbortSignal, milliseconds: number): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
