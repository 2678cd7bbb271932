import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { exec, type Target } from '../kube/kubectl.js';
import { answerOf, Batch, noResult, type BatchRequest, type Call } from './batch-answers.js';
import { readResult } from './batch.js';
import { httpUrl, replayCommand } from './curl-command.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';

export interface LoadRequest extends Omit<BatchRequest, 'count' | 'parallel' | 'method' | 'signal'> {
  /** Calls a second, up to 50; default 10. Each costs a curl process in the client's container. */
  perSecond?: number;
  /** Seconds after which it ends by itself, so that a load that nobody stops does not go on; default 300. */
  longestSeconds?: number;
}

/** A call of a load. */
export interface TimedCall extends Call {
  /** Milliseconds from the start of the load to the start of the call; the container's clock, 10 ms fine. */
  atMs: number;
}

/** How a load went over to other answers after something had changed. */
export interface Changeover {
  /** Milliseconds from the change to the first right answer; undefined when there was none. */
  toFirstMs?: number;
  /** Milliseconds from the change to the first of the right answers that were never followed by another; undefined as above. */
  toStableMs?: number;
  calls: number;
  lost: number;
  /** Every call: milliseconds from the change to its start, what it was answered, milliseconds that it took. */
  all: (readonly [atMs: number, answer: string, ms: number])[];
}

/** Every call of a load, in the order in which they were started. */
export class LoadRecord extends Batch {
  constructor(
    cluster: string,
    url: string,
    override readonly calls: readonly TimedCall[],
    malformed: readonly string[],
    replay: string,
    /** When the load started, in milliseconds of `performance.now()`; as exact as an exec hands over output, about 0.1 s. */
    readonly startedAt = 0,
  ) {
    super(cluster, url, calls, malformed, replay);
  }

  /** The calls that were started from one moment of `performance.now()` to another, their times counted from the first. */
  between(from: number, to: number): LoadRecord {
    const start = Math.round(from - this.startedAt);
    const calls = this.calls
      .filter(({ atMs }) => atMs >= start && atMs < to - this.startedAt)
      .map((call) => ({ ...call, atMs: call.atMs - start }));
    return new LoadRecord(this.cluster, this.url, calls, [], this.replay, from);
  }

  /** How many calls in a row were answered by these versions and no others, at most. */
  longestRow(versions: readonly string[]): number {
    const wrong = new Set<Call>(this.errors());
    let longest = 0;
    let row = 0;
    for (const call of this.calls) {
      row = !wrong.has(call) && versions.includes(call.version!) ? row + 1 : 0;
      longest = Math.max(longest, row);
    }
    return longest;
  }

  /** How the calls came to be answered by these versions and no others; the change is where the record starts. */
  changeover(versions: readonly string[]): Changeover {
    const wrong = new Set<Call>(this.errors());
    const isRight = (call: TimedCall): boolean => !wrong.has(call) && versions.includes(call.version!);
    const end = (call: TimedCall | undefined): number | undefined => call && call.atMs + call.ms;
    const right = this.calls.filter(isRight);
    const stable = this.calls.slice(this.calls.findLastIndex((call) => !isRight(call)) + 1);
    return {
      toFirstMs: right.length > 0 ? Math.min(...right.map((call) => end(call)!)) : undefined,
      toStableMs: end(stable[0]),
      calls: this.calls.length,
      lost: wrong.size,
      all: this.calls.map((call) => [call.atMs, answerOf(call, this.program), call.ms] as const),
    };
  }

  /** Milliseconds of the longest time under load without a good answer; with 10 calls a second about 100 to 200 on a sound mesh. */
  longestGapMs(): number {
    const lost = new Set<Call>(this.errors());
    const answered = this.calls.filter((call) => !lost.has(call)).map(({ atMs, ms }) => atMs + ms);
    // no answer after the last one: the gap lasts as long as calls were sent
    const end = Math.max(this.calls.at(-1)?.atMs ?? 0, ...answered);
    const times = [0, ...answered, end].sort((a, b) => a - b);
    return Math.max(0, ...times.slice(1).map((time, i) => time - times[i]!));
  }

  /** What goes into the record of a run; the calls that were lost one by one, at most the first hundred. */
  summary() {
    const lost = this.errors() as TimedCall[];
    return {
      calls: this.calls.length,
      lost: lost.length,
      longestGapMs: this.longestGapMs(),
      counts: this.histogram(),
      lostCalls: lost.slice(0, 100).map(({ atMs, ms, code, exit, error }) => ({ atMs, ms, code, exit, error })),
    };
  }
}

/** A load that is under way. */
export interface Load {
  /** Lets the calls under way end and returns the record of all; the same record when it is called again. */
  stop(): Promise<LoadRecord>;
}

// Calls overlap: one that hangs does not keep the next from being sent, or an outage would be counted as one call. No
// program is started for the time: /proc/uptime counts in 10 ms and is never set back. A line is less than PIPE_BUF, so
// calls that end together do not mix their lines. The load ends with its standard input: whatever becomes of the process
// that started it, nothing goes on in the container.
const script = String.raw`
url=$1 run=$2 pause=$3 limit=$4; shift 4
newline='
'
call() {
  read -r at _ </proc/uptime
  out=$(curl -s -g -H "x-request-id: $run$n" -w '\n%{json}' "$@" "$url")
  version=-
  case $out in 'Hello version: '*) version=${'$'}{out#'Hello version: '} version=${'$'}{version%%,*} ;; esac
  printf '%s\n' "$n $at $version ${'$'}{out##*"$newline"}"
}
load() {
  trap 'limit=0' TERM
  n=0
  while [ "$n" -lt "$limit" ]; do
    n=$((n + 1))
    call "$@" &
    sleep "$pause"
  done
  wait
}
load "$@" & loop=$!
cat >/dev/null
kill "$loop" 2>/dev/null
# the first wait may end by the signal
wait "$loop"; wait "$loop"
true`;

/**
 * Sends calls at a steady rate by one exec until `stop`, each with its own time, code, latency and version. Returns when the
 * first call has ended, so that whatever is done next is done under load. Needs a POSIX sh, sleep with fractions, /proc and
 * curl >= 7.75 in the container. A wrong answer is data; an exec that itself fails (pod gone, no curl) throws Undetermined.
 */
export async function startLoad(cluster: Target, request: LoadRequest): Promise<Load> {
  const { namespace, workload, container, url, perSecond = 10, longestSeconds = 300, timeoutSeconds = 5 } = request;
  if (!(perSecond > 0 && perSecond <= 50))
    throw new RangeError(`a load has at most 50 calls per second, not ${perSecond}`);
  const run = randomUUID().replaceAll('-', '').slice(0, 24);
  const headers = Object.entries(request.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = ['-m', String(timeoutSeconds), ...headers];
  const limit = Math.ceil(longestSeconds * perSecond);
  const args = [httpUrl(url), run, String(1 / perSecond), String(limit), ...options];

  const input = new PassThrough();
  let started = (): void => {};
  const first = new Promise<void>((resolve) => (started = resolve));
  const ended = orUndetermined(`a load on ${url} from ${namespace}/${workload}`, cluster.name, () =>
    exec(cluster, namespace, workload, container, ['sh', '-c', script, 'load', ...args], {
      input,
      timeout: longestSeconds + timeoutSeconds + 30,
      onFirstOutput: started,
    }),
  );
  ended.catch(() => {});
  await Promise.race([first, ended]);
  const firstEnded = performance.now();
  return {
    async stop() {
      input.end();
      const { calls, malformed } = parseLoad(await ended, run);
      if (calls.every(({ exit }) => exit === noResult)) {
        throw new Undetermined(`${cluster.name}: ${namespace}/${workload}: curl did not run: ${malformed[0] ?? ''}`);
      }
      const firstEnd = Math.min(...calls.filter(({ exit }) => exit !== noResult).map(({ atMs, ms }) => atMs + ms));
      const replay = replayCommand(cluster, { ...request, count: 10 });
      return new LoadRecord(cluster.name, url, calls, malformed, replay, firstEnded - firstEnd);
    },
  };
}

/** Reads the lines of a load: number, uptime, version, curl's write-out. A number that is missing is a call without result. */
export function parseLoad(output: string, run: string): { calls: TimedCall[]; malformed: string[] } {
  const malformed: string[] = [];
  const found = new Map<number, { uptime: number; call: Call }>();
  for (const line of output.split('\n').filter((text) => text.trim())) {
    const [, number, uptime, version, json] = /^(\d+) ([\d.]+) (\S+) (.*)$/.exec(line) ?? [];
    const result = readResult(`${run}${number} ${json}`);
    if (!result) malformed.push(line.slice(0, 300));
    else {
      const call = { ...result, body: '', version: version === '-' ? undefined : version };
      found.set(Number(number), { uptime: Number(uptime), call });
    }
  }
  const start = Math.min(...[...found.values()].map(({ uptime }) => uptime));
  let atMs = 0;
  const calls = Array.from({ length: Math.max(0, ...found.keys()) }, (_, i): TimedCall => {
    const known = found.get(i + 1);
    if (!known) return { id: `${run}${i + 1}`, code: 0, exit: noResult, ms: 0, body: '', error: 'no result', atMs };
    atMs = Math.round((known.uptime - start) * 1000);
    return { ...known.call, atMs };
  });
  return { calls, malformed };
}
