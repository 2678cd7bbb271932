import type { Histogram } from '../kernel/converge.js';

export interface BatchRequest {
  namespace: string;
  /** Pod name or `deploy/name`. */
  workload: string;
  container: string;
  url: string;
  /** Requests, at least 1; more than 500 are sent in parts. */
  count: number;
  /** Requests under way at once; default 10. */
  parallel?: number;
  /**
   * From the first moment on, for servers that are slow to answer. curl otherwise waits for the first answer, to see whether
   * others can share its connection; but then it never tells of a connection that it made and did not use.
   */
  immediately?: boolean;
  /** Seconds that one request may take; default 5. */
  timeoutSeconds?: number;
  method?: string;
  /** Sent with every request, beside `x-request-id`, which every request has for itself. */
  headers?: Record<string, string>;
  /** The one version of TLS that the client offers, for a URL of https; whatever certificate it is shown is fine. */
  tlsVersion?: '1.1' | '1.2';
  signal?: AbortSignal;
}

/** One request and its answer. */
export interface Call {
  /** Sent as `x-request-id`, so that access logs can be matched. */
  id: string;
  /** HTTP status; 0 when there was no answer. */
  code: number;
  /** curl's exit code; 0 when there was an answer. */
  exit: number;
  /** Milliseconds that the whole request took. */
  ms: number;
  /** The answer's header `server`; undefined when it has none, or the client's curl is older than 7.84. */
  server?: string;
  /** At most the first 64 KiB. */
  body: string;
  /** curl's own words, when there was no answer. */
  error?: string;
  /** `ip:port` that the request was sent from; undefined where the connection was reset before curl looked. */
  from?: string;
  /** `ip:port` that the request was sent to; undefined likewise. */
  to?: string;
  /** In the answer of helloworld or of Istio's echo application; the external server's is its name. */
  version?: string;
  /** Pod name in the same answer. */
  instance?: string;
}

/** Requests that were sent by one exec, with their answers. */
export class Batch {
  constructor(
    readonly cluster: string,
    readonly url: string,
    readonly calls: readonly Call[],
    /** Lines of output that are no answer; requests that left none are counted as `no result`. */
    readonly malformed: readonly string[],
    /** What a person types to send such requests. */
    readonly replay: string,
    /** The program whose exit codes the calls hold. */
    protected readonly program = 'curl',
    /** When it was sent, in milliseconds of this machine's clock. */
    readonly sentAt = 0,
  ) {}

  /** This batch and a later one of the same requests. */
  with({ calls, malformed }: Batch): Batch {
    const both = [...this.calls, ...calls];
    const odd = [...this.malformed, ...malformed];
    return new Batch(this.cluster, this.url, both, odd, this.replay, this.program, this.sentAt);
  }

  /** Counts per version; what is no version is counted by its kind: `HTTP 503`, `curl 28`, `malformed line`. Or counts by something else. */
  histogram(by = (call: Call): string => answerOf(call, this.program)): Histogram {
    const counts: Histogram = {};
    for (const call of this.calls) {
      const key = by(call);
      counts[key] = (counts[key] ?? 0) + 1;
    }
    if (this.malformed.length > 0) counts['malformed line'] = this.malformed.length;
    return counts;
  }

  /** Every version seen, sorted. */
  versions(): string[] {
    return [...new Set(this.calls.map((call) => call.version).filter((version) => version !== undefined))].sort();
  }

  /** Calls that were not answered 2xx by a version. */
  errors(): Call[] {
    return this.calls.filter(
      (call) => call.exit !== 0 || call.code < 200 || call.code > 299 || call.version === undefined,
    );
  }
}

/** The version that answered a call, or its kind of failure: `HTTP 503`, `curl 28`. */
export function answerOf(call: Call, program: string): string {
  const failure = call.exit === noResult ? 'no result' : `${program} ${call.exit}`;
  return call.version ?? (call.exit === 0 ? `HTTP ${call.code}` : failure);
}

/** The `exit` of a request that left no line of output; curl itself has no such code. */
export const noResult = -1;
