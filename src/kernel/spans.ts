import { appendFileSync } from 'node:fs';
import { fileProblem } from './file-problem.js';

/**
 * A child process or request that was run, a watch that was waited for, or a pause; milliseconds since the epoch. Own overhead is
 * the time outside all spans.
 */
export interface Span {
  command: string;
  /** True of the time between two attempts at what is waited for, in which nothing of this wait was under way. */
  pause?: true;
  cluster?: string;
  start: number;
  end: number;
  exit: number | undefined;
}

/** Everything of that kind in this process, in order of completion; the record of a run is made from it. */
export const spans: Span[] = [];

const listeners = new Set<(span: Span) => void>();

/** Calls `listener` for every span that ends; returns the function that stops it. */
export function onSpan(listener: (span: Span) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where spans are kept for the record of the run; undefined in the process that makes the record. */
let keptIn: string | undefined;

/** From now on every span is also added to a file, as a worker of Playwright's does; undefined ends that. */
export function keepSpansIn(file: string | undefined): void {
  keptIn = file;
}

/** Adds a span. Throws (exit 4) when the file of `keepSpansIn` cannot be written. */
export function addSpan(span: Span): void {
  spans.push(span);
  for (const listener of listeners) listener(span);
  if (keptIn === undefined) return;
  try {
    appendFileSync(keptIn, `${JSON.stringify(span)}\n`);
  } catch (error) {
    throw fileProblem(error, keptIn);
  }
}
