import type { Steps } from '../kernel/steps.js';
import type { Timing } from '../record/result.js';

/** Where the engine tells what it does, and keeps how long each step took. It never writes to stdout. */
export interface Progress extends Steps {
  /** Shows lines that are already formatted, such as the verdicts of behaviours. */
  print(text: string): void;
  /** Runs `work` with a list of timings of its own, for what is done side by side with others of its kind. */
  apart<T>(work: () => Promise<T>): Promise<T>;
  /** Every step of the caller's list that ended, in order of its end; `start` counts from the creation of this progress. */
  readonly timings: Timing[];
}

/** Asks a person whether to go on with what is listed. Throws when the answer is no, or nobody can answer. */
export type Agree = (what: string, list: readonly string[]) => Promise<void>;
