import type { PathRecord } from '../record/change-record.js';
import type { Sample } from './sample-store.js';

/** In a picture more cannot be told apart. */
const binCount = 120;

const answered = (samples: readonly Sample[]): Sample[] => samples.filter(({ answer }) => answer?.kind === 'ok');

/** The value that a share of the sorted numbers does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Of the calls that were answered; undefined where none was. */
export function latencyOf(samples: readonly Sample[]): { p50: number; p99: number; max: number } | undefined {
  const sorted = answered(samples)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1)! };
}

/** Median and longest latency over time; times count from `zero`. */
export function latencyBins(samples: readonly Sample[], start: number, end: number, zero: number): PathRecord['bins'] {
  const width = (end - start) / binCount;
  const bins = new Map<number, number[]>();
  for (const { tick, ms } of answered(samples)) {
    const bin = Math.floor((tick - start) / width);
    bins.set(bin, [...(bins.get(bin) ?? []), ms]);
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, all]) => {
      const sorted = all.sort((a, b) => a - b);
      return [Math.round(start + bin * width - zero), quantile(sorted, 0.5), sorted.at(-1)!];
    });
}
