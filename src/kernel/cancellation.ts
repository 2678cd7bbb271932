import { AsyncLocalStorage } from 'node:async_hooks';
import { severalErrors } from './errors.js';

/** Aborted by the first Ctrl-C: running children end and waits stop; clean-up goes on with `uninterruptible`. */
export const interruption = new AbortController();

const scopes = new AsyncLocalStorage<AbortController>();
/** Scopes of clean-up, which nothing aborts. */
const cleanUps = new WeakSet<AbortController>();

/** Aborted when the work that the caller is part of is to end: by an interrupt, or by the failure of another part. */
export function currentSignal(): AbortSignal {
  return scopes.getStore()?.signal ?? interruption.signal;
}

/**
 * Runs work whose parts stand or fall together: when one part given to `settleAll` fails, the commands and waits of all
 * others end at once instead of running into their own time limits.
 */
export function together<T>(work: () => Promise<T>): Promise<T> {
  const scope = new AbortController();
  const outer = currentSignal();
  const end = (): void => scope.abort(outer.reason);
  if (outer.aborted) end();
  outer.addEventListener('abort', end, { once: true });
  return scopes.run(scope, work).finally(() => outer.removeEventListener('abort', end));
}

/** Runs clean-up: neither an interrupt nor the failure of one of its parts ends its commands and waits. */
export function cleanUp<T>(work: () => Promise<T>): Promise<T> {
  const scope = new AbortController();
  cleanUps.add(scope);
  return scopes.run(scope, work);
}

/** Whether the caller is part of a clean-up. */
export function isCleanUp(): boolean {
  const scope = scopes.getStore();
  return scope !== undefined && cleanUps.has(scope);
}

/** Ends the other parts of the work that the caller is part of (`together`), because this one has failed; not a clean-up. */
export function failTogether(error: unknown): void {
  if (!isCleanUp()) scopes.getStore()?.abort(error);
}

/** Does `work`, then `end`, whatever came of it. Where both fail, one error says both, the one of the work first. */
export async function thenAlways<T>(work: () => Promise<T>, end: () => Promise<unknown>): Promise<T> {
  const [worked] = await Promise.allSettled([work()]);
  const [ended] = await Promise.allSettled([end()]);
  if (worked.status === 'rejected')
    throw severalErrors([worked.reason, ...(ended.status === 'rejected' ? [ended.reason] : [])]);
  if (ended.status === 'rejected') throw ended.reason;
  return worked.value;
}

/**
 * Like Promise.all, but rejects only when every promise has ended, with the failure that came first in time: a clean-up
 * that began while another part was still creating something would miss it.
 */
export async function settleAll<T>(parts: readonly Promise<T>[]): Promise<T[]> {
  let first: { error: unknown } | undefined;
  for (const part of parts) {
    part.catch((error: unknown) => {
      first ??= { error };
      failTogether(error);
    });
  }
  const results = await Promise.allSettled(parts);
  if (first) throw first.error;
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}
