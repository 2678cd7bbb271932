/** How a call of the load ended. `retried` was sent again on a new connection, because the reused one was dead. */
export interface Answer {
  /** `ok`, or how it was lost. */
  kind: 'ok' | 'refused' | 'reset' | 'stalled' | 'timeout' | 'unavailable' | 'wrong' | 'failed';
  /** `cluster/pod` that answered; of a service of the user's, how: `HTTP 200`. */
  by?: string;
  /** What a lost call was told, shortened. */
  says?: string;
  /** How often the mesh sent it, where that is known. */
  attempts?: number;
  retried?: true;
  /** Milliseconds by which the server's own clock was late in the seconds before. */
  late?: number;
  /** Milliseconds of the call in which it only waited whether somebody ends it. */
  held?: number;
  /** Established connections that have ended since the last call of the same kind. */
  ended?: number;
}

/** One way to call one callee. */
export type Call = () => Promise<Answer>;

/** What an answer of the server says. */
export interface Said {
  pod: string;
  cluster: string;
  late: number;
  attempts?: number;
}

const refusals = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
const resets = [
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
];

/** What an error of a connection is called. */
export function ofError(error: unknown): Answer {
  const { code: own = '', message, cause } = error as NodeJS.ErrnoException & { cause?: { code?: string } };
  // a stream of HTTP/2 that could not be begun says why its session ended
  const code = cause?.code ?? own;
  const says = `${code} ${message}`.trim().slice(0, 120);
  if (refusals.includes(code)) return { kind: 'refused', says };
  if (resets.includes(code) || message === 'aborted') return { kind: 'reset', says };
  return { kind: 'failed', says };
}

/** The callee of a service that every cluster has servers of: no name of a cluster has a space. */
export const anyCluster = 'any cluster';

/** A right answer, or one of another callee. */
export function ofSaid({ pod, cluster, late, attempts }: Said, expected: string): Answer {
  const by = `${cluster}/${pod}`;
  const known = { by, ...(attempts !== undefined && { attempts }), ...(late > 0 && { late }) };
  if (cluster === expected || expected === anyCluster) return { kind: 'ok', ...known };
  return { kind: 'wrong', says: `answered by ${by}`, ...known };
}

/** What a proxy says that refuses a call by a policy. */
const refusedByProxy = 'RBAC: access denied';

/** How the words of a proxy begin; what a service of the user's says is not repeated. */
const ofProxy = /^(upstream |no healthy upstream|no cluster|fault filter|RBAC: )/;

/**
 * The status of an answer: below 500 it is one, unless a proxy gave it: it has refused the call, or has no route for it, which is a
 * 404 without a word. From 500 on it may be the mesh's own.
 */
export function ofStatus(status: number, text: string): Answer {
  const byProxy = text === refusedByProxy || (status === 404 && text === '');
  if (status < 500 && !byProxy) return { kind: 'ok', by: `HTTP ${status}` };
  const words = text === '' || ofProxy.test(text) ? text.slice(0, 150) : `and ${text.length} characters`;
  return { kind: 'unavailable', says: `${status} ${words}`.trim() };
}

/** What ends a wait that has lasted for so long. */
export function timeLimit(milliseconds: number, end: () => void): () => void {
  const timer = setTimeout(end, milliseconds);
  return () => clearTimeout(timer);
}
