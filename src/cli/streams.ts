import type { Writable } from 'node:stream';

/** Waits until all that was written has left: a pipe takes some 64 KiB at a time, and the rest would end with the process. */
export function written(stream: Writable): Promise<void> {
  // where nobody reads any more the callback is told so, and there is nothing left to wait for
  return new Promise((done) => stream.write('', () => done()));
}
