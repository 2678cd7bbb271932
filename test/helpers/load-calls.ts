import type { Phase } from '../../src/record/change-record.js';
import { noLoss } from '../../src/scenario/budgets.js';
import type { Judging } from '../../src/scenario/judge-path.js';
import type { Answer } from '../../src/scenario/load/answer.js';
import type { Sample, SampleSeries } from '../../src/scenario/sample-store.js';

/** Milliseconds between two calls of a client. */
export const interval = 200;

/** A call at a tick; `none` is one that was not made. */
export function sample(
  tick: number,
  kind: Answer['kind'] | 'none' = 'ok',
  more: Partial<Answer> & { ms?: number } = {},
): Sample {
  const { ms = 5, ...rest } = more;
  if (kind === 'none') return { tick, start: tick + 150, ms: -1 };
  return { tick, start: tick + 1, ms, answer: { kind, by: 'west/server-1', ...rest } };
}

/** Calls of a client on every tick; `at` changes some of them. */
export function series(
  at: Record<number, Sample> = {},
  { client = 'east/a', until = 20_000, offset = 0 } = {},
): SampleSeries {
  const ticks = Array.from({ length: until / interval }, (_, i) => i * interval + offset);
  return {
    client,
    cluster: 'east',
    index: 0,
    intervalMs: interval,
    samples: ticks.map((tick) => at[tick] ?? sample(tick)),
  };
}

/** Lost calls from one tick to another. */
export function lost(from: number, to: number, kind: Answer['kind'] = 'refused', offset = 0): Record<number, Sample> {
  const entries: [number, Sample][] = [];
  for (let tick = from + offset; tick <= to + offset; tick += interval) entries.push([tick, sample(tick, kind)]);
  return Object.fromEntries(entries);
}

/** Of a change that restarts something. */
export const phases: Phase[] = [
  { name: 'baseline', start: 0, end: 5_000 },
  { name: 'act', act: 'restart', start: 5_000, end: 10_000 },
  { name: 'recovery', start: 10_000, end: 15_000 },
  { name: 'after', start: 15_000, end: 20_000 },
];

export const path = { from: 'east', to: 'west', lane: 'new' as const };

/** What a path is judged by; by default nothing happened and nothing may be lost. */
export function judging(more: Partial<Judging> = {}): Judging {
  const shape = { networkOf: { east: 'n1', west: 'n2' }, primaryOf: { east: 'east', west: 'west' } };
  return { zero: 0, phases, control: [], events: [], shape, budgets: noLoss, ...more };
}
