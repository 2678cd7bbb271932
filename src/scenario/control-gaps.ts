import type { Window } from '../record/change-record.js';
import { controlLateAfterMs, stalledAfterMs } from './load-objects.js';
import { anyCluster } from './load/answer.js';
import { coveredMs, lossOf } from './gaps.js';
import type { SeriesConfig } from './load/series-config.js';
import type { SampleSeries } from './sample-store.js';

/** A time in which a client or the servers of a cluster were late by themselves. */
export interface ControlGap extends Window {
  cluster: string;
  /** `cluster1/a`, or `servers of cluster1`. */
  who: string;
  says: string;
}

/** A server tells for so long that it was late. */
const serverTellsMs = 2_000;

/**
 * When the load itself could not work: by each client's own control, calls that never leave it, and by what servers say of
 * themselves. `configOf` says what a series calls.
 */
export function controlGaps(
  series: readonly SampleSeries[],
  configOf: (one: SampleSeries) => Pick<SeriesConfig, 'lane' | 'cluster'>,
): ControlGap[] {
  const found = series.map((one) => ({ one, config: configOf(one) }));
  return merged(
    found.flatMap(({ one, config: { lane, cluster } }) =>
      lane === 'control' ? ofClient(one) : ofServers(one, cluster),
    ),
  );
}

function ofClient({ client, cluster, intervalMs, samples }: SampleSeries): ControlGap[] {
  return samples.flatMap((sample): ControlGap[] => {
    const { tick, start, ms, answer } = sample;
    const late = start - tick;
    const gap = (to: number, says: string): ControlGap[] => [
      { cluster, who: client, from: tick - intervalMs, to, says },
    ];
    if (!answer) return gap(start, `a call started ${Math.round(late)} ms late and was left out`);
    if (lossOf(sample) || ms > controlLateAfterMs) return gap(start + ms, `a call to itself took ${ms} ms`);
    return [];
  });
}

function ofServers({ samples }: SampleSeries, callee: string): ControlGap[] {
  return samples.flatMap(({ start, ms, answer }): ControlGap[] => {
    const cluster = callee === anyCluster ? answer?.by?.replace(/\/[^/]*$/, '') : callee;
    const late = answer?.late ?? 0;
    if (cluster === undefined || late <= controlLateAfterMs) return [];
    const end = start + ms;
    return [
      {
        cluster,
        who: `servers of ${cluster}`,
        from: end - serverTellsMs - late,
        to: end,
        says: `late by up to ${late} ms`,
      },
    ];
  });
}

/** One for all that overlap and are of the same. */
function merged(gaps: readonly ControlGap[]): ControlGap[] {
  const result: ControlGap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.who.localeCompare(b.who) || a.from - b.from)) {
    const last = result.at(-1);
    if (last && last.who === gap.who && gap.from <= last.to) last.to = Math.max(last.to, gap.to);
    else result.push({ ...gap });
  }
  return result;
}

/**
 * Why a loss on a path may be none of the mesh's; undefined where it is one. A machine that is late for a moment loses what is called
 * in that moment, and no more: at least half of the loss must lie beside such moments.
 */
export function unsureBecause(
  window: Window,
  path: { from: string; to: string },
  gaps: readonly ControlGap[],
): string | undefined {
  const beside = gaps
    .map((gap) => ({ ...gap, from: gap.from - stalledAfterMs, to: gap.to + stalledAfterMs }))
    .filter(({ cluster }) => path.to === anyCluster || [path.from, path.to].includes(cluster))
    .filter(({ from, to }) => from < window.to && to > window.from);
  if (beside.length === 0) return undefined;
  const inside = beside.map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }));
  if (coveredMs(inside) < (window.to - window.from) / 2) return undefined;
  const { who, says } = beside[0]!;
  return `${who}: ${says}`;
}
