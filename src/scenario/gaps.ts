import type { LossKind, Window } from '../record/change-record.js';
import { stalledAfterMs } from './load-objects.js';
import type { Sample, SampleSeries } from './sample-store.js';

/** A time in which the calls of a series were lost; times are milliseconds since the epoch. */
export interface SeriesGap {
  client: string;
  onset: Window;
  end: Window;
  open: boolean;
  lengthMs: number;
  leastMs: number;
  lost: Sample[];
}

/** How a call was lost; undefined where it was answered in time, and where it was not made. */
export function lossOf({ answer, ms }: Sample): LossKind | undefined {
  if (!answer) return undefined;
  if (answer.kind !== 'ok') return answer.kind;
  return ms > stalledAfterMs ? 'stalled' : undefined;
}

/**
 * The gaps of a series from one moment to another. A gap lasts from the last answered call to the next answered one.
 * Unmeasured calls in between belong to it, because their result is unknown.
 */
export function gapsOf({ client, intervalMs, samples }: SampleSeries, from: number, to: number): SeriesGap[] {
  const made = samples.filter(({ tick, answer }) => answer && tick >= from && tick < to);
  const gaps: SeriesGap[] = [];
  for (let i = 0; i < made.length; i++) {
    if (!lossOf(made[i]!)) continue;
    const first = i;
    while (i + 1 < made.length && lossOf(made[i + 1]!)) i++;
    const [before, after] = [made[first - 1], made[i + 1]];
    const lost = made.slice(first, i + 1);
    const firstTick = lost[0]!.tick;
    const lastTick = lost.at(-1)!.tick;
    // ticks, not starts: a call that started some milliseconds late makes no gap longer
    const begin = before?.tick ?? firstTick - intervalMs;
    const end = after?.tick ?? to;
    gaps.push({
      client,
      onset: { from: before?.start ?? begin, to: lost[0]!.start },
      end: { from: lost.at(-1)!.start, to: after?.start ?? to },
      open: after === undefined,
      lengthMs: Math.round(end - begin),
      leastMs: Math.round(lastTick - firstTick),
      lost,
    });
  }
  return gaps;
}

/** Length of what windows cover together, in milliseconds. */
export function coveredMs(windows: readonly Window[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const { from, to } of [...windows].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}

/** Envoy's response flags that an answer of Envoy's own stands for; its text names the reason. */
const flagTexts: readonly [text: RegExp, flag: string][] = [
  [/no healthy upstream/, 'UH'],
  [/(remote )?connection failure|delayed connect error/, 'UF'],
  [/connection timeout/, 'UF'],
  [/connection termination/, 'UC'],
  [/remote reset/, 'UR'],
  [/local reset/, 'LR'],
  [/overflow/, 'UO'],
  [/upstream request timeout/, 'UT'],
  [/upstream max stream duration/, 'UMSDR'],
  [/RBAC: access denied/, 'UAEX'],
];

/** The response flag of a lost call, where what it was told names one. */
export function flagOf(says: string | undefined): string | undefined {
  if (says === undefined) return undefined;
  const flag = flagTexts.find(([text]) => text.test(says))?.[1];
  // no route and no such cluster are answered without words
  return flag ?? (/^(404|503)$/.test(says) ? 'NR or NC' : undefined);
}
