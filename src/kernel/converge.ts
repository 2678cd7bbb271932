import { setTimeout as pause } from 'node:timers/promises';
import { addSpan } from './spans.js';
import { exitCode, MeshproofError } from './errors.js';
import { scaled } from './time-limits.js';
import { Undetermined } from './undetermined.js';

/** What a value was held against: right, or what was expected and what was got, as a person would say it. */
export type Outcome = { ok: true } | { ok: false; expected: string; got: string };

export interface ConvergeOptions {
  /** Milliseconds after which to give up; a probe that is still running then is aborted. */
  timeout: number;
  /** Milliseconds between the end of one attempt and the start of the next; default 250. */
  interval?: number;
  /** The interval grows by this factor after every wrong answer, up to ten times itself; default 1.5. */
  backoff?: number;
  /** Right answers in a row that are needed; default 1. */
  successes?: number;
  /** Stops the waiting from outside; the reason is thrown. */
  signal?: AbortSignal;
}

export interface Convergence<T> {
  /** The answer that completed the row. */
  value: T;
  /** Every time the probe was started, wrong answers and undetermined ones included. */
  attempts: number;
  /** Milliseconds until the row was complete. */
  durationMs: number;
  /** Milliseconds until the first right answer, whether or not wrong ones followed it. */
  timeToFirstMs: number;
}

/** How often each answer was seen. */
export type Histogram = Record<string, number>;

/** Values that know their own histogram have it merged over all attempts. */
interface Counted {
  histogram(): Histogram;
}

/** The right answer did not come in time. Holds what a failure message must show. */
export class ConvergenceError<T = unknown> extends MeshproofError {
  override readonly name = 'ConvergenceError';
  constructor(
    readonly outcome: { expected: string; got: string },
    readonly attempts: number,
    readonly durationMs: number,
    /** Of all attempts together; undefined where the values have none. */
    readonly histogram: Histogram | undefined,
    /** The last answer. */
    readonly last: T,
  ) {
    const seconds = (durationMs / 1000).toFixed(1);
    super(
      `expected ${outcome.expected}, got ${outcome.got} (${attempts} attempts in ${seconds} s)`,
      exitCode.environment,
    );
  }
}

/**
 * The one way to wait for something: asks until `check` is satisfied `successes` times in a row. If a probe throws
 * Undetermined (a pod was replaced, an API server was away), asks again and restarts the row. If that persists to the
 * end, throws that error, because the answer is then unknown. Any other error is a bug and is thrown at once.
 */
export async function converge<T>(
  probe: (signal: AbortSignal) => Promise<T>,
  check: (value: T) => Outcome,
  options: ConvergeOptions,
): Promise<Convergence<T>> {
  const { interval = 250, backoff = 1.5, successes = 1 } = options;
  const timeout = scaled(options.timeout);
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  const deadline = AbortSignal.timeout(timeout);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;

  let attempts = 0;
  let row = 0;
  let wait = interval;
  let timeToFirstMs: number | undefined;
  let histogram: Histogram | undefined;
  let wrong: { outcome: { expected: string; got: string }; value: T } | undefined;
  let unknown: Undetermined | undefined;

  while (!signal.aborted) {
    attempts++;
    try {
      const value = await probe(signal);
      unknown = undefined;
      if (isCounted(value)) histogram = merge(histogram, value.histogram());
      const outcome = check(value);
      if (outcome.ok) {
        timeToFirstMs ??= elapsed();
        wait = interval;
        if (++row >= successes) return { value, attempts, durationMs: elapsed(), timeToFirstMs };
      } else {
        row = 0;
        wrong = { outcome, value };
      }
    } catch (error) {
      // what was aborted at the deadline says nothing new: the last complete answer stands
      if (signal.aborted) break;
      if (!(error instanceof Undetermined)) throw error;
      row = 0;
      unknown = error;
    }
    const pausedAt = Date.now();
    await pause(wait, undefined, { signal }).catch(() => undefined);
    addSpan({ command: 'pause', pause: true, start: pausedAt, end: Date.now(), exit: 0 });
    if (row === 0) wait = Math.min(wait * backoff, interval * 10);
  }

  options.signal?.throwIfAborted();
  if (unknown) throw unknown;
  if (!wrong) throw new Undetermined(`no answer within ${timeout / 1000} s (${attempts} attempts)`);
  throw new ConvergenceError(wrong.outcome, attempts, elapsed(), histogram, wrong.value);
}

/** Adds up two histograms. */
export function merge(one: Histogram | undefined, other: Histogram): Histogram {
  const sum = { ...one };
  for (const [key, count] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

function isCounted(value: unknown): value is Counted {
  return typeof value === 'object' && value !== null && 'histogram' in value && typeof value.histogram === 'function';
}
