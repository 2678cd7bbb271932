import type { Batch } from './batch-answers.js';

/** Requests that one command in a container may send: its input and output stay small, and so does what is lost with it. */
export const largestPart = 500;

/**
 * Sends a batch in parts of at most `largestPart` requests, one after the other, and puts their answers together.
 * A sample size therefore means the same for every client. It stops after a part whose requests all timed out (`timedOut`):
 * more parts would only cost their time limits.
 */
export async function inParts(
  count: number,
  send: (count: number) => Promise<Batch>,
  timedOut: (batch: Batch) => boolean,
): Promise<Batch> {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`a batch needs at least one request, not ${count}`);
  const parts = Math.ceil(count / largestPart);
  let all: Batch | undefined;
  for (let i = 0, left = count; i < parts; i++) {
    const size = Math.ceil(left / (parts - i));
    left -= size;
    const part = await send(size);
    all = all?.with(part) ?? part;
    if (timedOut(part)) break;
  }
  return all!;
}
