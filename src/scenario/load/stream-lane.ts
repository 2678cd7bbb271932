import { ofSaid, timeLimit, type Answer, type Call, type Said } from './answer.js';

/** An open stream. */
export interface Stream {
  send(text: string): void;
  close(): void;
}

/** What a stream tells. After `end`, it tells nothing more. */
export interface StreamEvents {
  said(text: string): void;
  end(answer: Answer): void;
}

/** Opens a stream; a failure to open is an end. */
export type OpenStream = (events: StreamEvents) => Stream;

interface Waiting {
  end(answer: Answer): void;
  stream: number;
}

/**
 * Frames on one long stream, each answered by one. A stream that ends is opened again by the next frame. A frame without an
 * answer in time makes the stream be given up; another stream, opened at once, tells a stall of this one from an outage.
 */
export function longStream(open: OpenStream, { cluster, timeoutMs }: { cluster: string; timeoutMs: number }): Call {
  let current: { stream: Stream; number: number } | undefined;
  let number = 0;
  let frames = 0;
  let ended = 0;
  const waiting = new Map<number, Waiting>();

  function drop(stream: number, answer: Answer): void {
    if (current?.number === stream) current = undefined;
    for (const [frame, one] of waiting) {
      if (one.stream !== stream) continue;
      waiting.delete(frame);
      one.end(answer);
    }
  }

  function begin(): { stream: Stream; number: number } {
    const own = ++number;
    let used = false;
    const stream = open({
      said(text) {
        used = true;
        const [frame = '', json = ''] = splitOnce(text);
        const one = waiting.get(Number(frame));
        if (!one) return;
        waiting.delete(Number(frame));
        one.end(ofSaid(JSON.parse(json) as Said, cluster));
      },
      end(answer) {
        if (used) ended++;
        drop(own, answer);
      },
    });
    return { stream, number: own };
  }

  function frame(on: { stream: Stream; number: number }, limit: number): Promise<Answer> {
    return new Promise((resolve) => {
      const id = ++frames;
      const clear = timeLimit(limit, () => {
        waiting.delete(id);
        resolve({ kind: 'timeout', says: `no answer within ${limit} ms` });
      });
      waiting.set(id, {
        stream: on.number,
        end(answer) {
          clear();
          resolve(answer);
        },
      });
      on.stream.send(String(id));
    });
  }

  /** Whether a new stream is answered. */
  async function works(): Promise<boolean> {
    const other = begin();
    const { kind } = await frame(other, Math.min(timeoutMs, 2_000));
    other.stream.close();
    return kind === 'ok';
  }

  return async () => {
    current ??= begin();
    const on = current;
    let answer = await frame(on, timeoutMs);
    if (answer.kind === 'timeout') {
      const known = current === on;
      if (known) current = undefined;
      if (await works()) answer = { kind: 'stalled', says: 'no answer on a stream that was there; a new one works' };
      if (known) {
        drop(on.number, answer);
        on.stream.close();
        ended++;
      }
    }
    const before = ended;
    ended = 0;
    return before > 0 ? { ...answer, ended: before } : answer;
  };
}

function splitOnce(text: string): string[] {
  const at = text.indexOf(' ');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
