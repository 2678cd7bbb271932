import net from 'node:net';
import { ofError, timeLimit, type Answer, type Call } from './answer.js';

/**
 * Milliseconds for which a connection is held. The caller's own proxy accepts it, whether or not the callee can be reached, and closes it
 * when it cannot. It is far less than what counts as a stall.
 */
export const holdMs = 500;

/** A connection of its own that sends nothing. It is answered where the callee speaks, or nobody closes it for a while. */
export function heldConnection({ host, port, timeoutMs }: { host: string; port: number; timeoutMs: number }): Call {
  return () =>
    new Promise((resolve) => {
      const socket = net.connect({ host, port });
      let release = (): void => {};
      const end = (answer: Answer): void => {
        clear();
        release();
        socket.destroy();
        resolve(answer);
      };
      const clear = timeLimit(timeoutMs, () => end({ kind: 'timeout', says: `no connection within ${timeoutMs} ms` }));
      const answered: Answer = { kind: 'ok', by: 'connected' };
      socket.on('connect', () => (release = timeLimit(holdMs, () => end({ ...answered, held: holdMs }))));
      socket.on('data', () => end(answered));
      socket.on('error', (error) => end(ofError(error)));
      socket.on('close', () => end({ kind: 'reset', says: `closed within ${holdMs} ms` }));
    });
}
