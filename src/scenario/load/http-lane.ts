import http from 'node:http';
import { ofError, ofSaid, ofStatus, timeLimit, type Answer, type Call, type Said } from './answer.js';

export interface HttpCallee {
  url: string;
  /** The cluster whose pods are to answer; missing of a service of the user's, whose answers do not name it. */
  cluster?: string;
  timeoutMs: number;
  /** The host that the call names; default: that of the URL. */
  authority?: string;
}

/** A call on a connection of its own. */
export function newConnection(callee: HttpCallee): Call {
  return () => send(callee, false);
}

/**
 * A call on a reused connection. If the connection turns out to be dead before any part of an answer, the call is
 * repeated once on a new one, as HTTP clients do. If no answer comes in time, a call on a new connection shows whether
 * the old one stalled or there is an outage.
 */
export function reusedConnection(callee: HttpCallee): Call {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 1, scheduling: 'lifo' });
  return async () => {
    const answer = await send(callee, agent);
    if (answer.kind === 'timeout' && answer.reused) {
      const again = await send({ ...callee, timeoutMs: Math.min(callee.timeoutMs, 2_000) }, false);
      return again.kind === 'ok'
        ? { kind: 'stalled', says: 'no answer on a connection that was there; a new one works' }
        : answer;
    }
    if (answer.kind !== 'reset' || !answer.reused || answer.begun) return answer;
    return { ...(await send(callee, false)), retried: true, ended: 1 };
  };
}

/** Characters of an answer that are read. */
const mostKept = 10_000;

type Sent = Answer & { reused?: boolean; begun?: boolean };

function send({ url, cluster, timeoutMs, authority }: HttpCallee, agent: http.Agent | false): Promise<Sent> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent, headers: authority === undefined ? {} : { host: authority } });
    let begun = false;
    const end = (answer: Answer): void => {
      clear();
      resolve({ ...answer, reused: request.reusedSocket, begun });
    };
    const clear = timeLimit(timeoutMs, () => {
      end({ kind: 'timeout', says: `no ${begun ? 'end of the ' : ''}answer within ${timeoutMs} ms` });
      request.destroy();
    });
    request.on('error', (error) => end(ofError(error)));
    request.on('response', (response) => {
      begun = true;
      let text = '';
      response.setEncoding('utf8');
      // an answer of the load is short; of what a service of the user's says only its length is kept
      response.on('data', (part: string) => {
        if (text.length < mostKept) text += part;
      });
      // an answer that is cut off is none
      response.on('error', (error) => end(ofError(error)));
      response.on('end', () => end(answerOf(response, text, cluster)));
    });
  });
}

function answerOf({ statusCode = 0 }: http.IncomingMessage, text: string, cluster?: string): Answer {
  if (cluster === undefined) return ofStatus(statusCode, text);
  if (statusCode === 200) {
    try {
      return ofSaid(JSON.parse(text) as Said, cluster);
    } catch {
      return { kind: 'wrong', says: `not an answer of the load: ${text.slice(0, 80)}` };
    }
  }
  const answer = ofStatus(statusCode, text);
  return answer.kind === 'ok' ? { kind: 'wrong', says: `${statusCode} ${text.slice(0, 150)}`.trim() } : answer;
}
