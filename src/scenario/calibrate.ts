import { letTimePass } from '../kernel/let-time-pass.js';
import type { ChangeRecord } from '../record/change-record.js';
import type { ProcessorTimes } from './processor-times.js';
import type { RunningLoad } from './run-load.js';

/** Calls a second of each client on each path and lane, the highest first. */
export const rates = [10, 5, 2] as const;

/** Of each rate, in milliseconds; 30 s for all of them. */
const eachMs = 10_000;
/** The clients need so long to take another rate, or to be read to the end of one. */
const changeMs = 2_000;
/** The share of calls that may be late: a tenth of what leaves a path undetermined. */
const mostLate = 0.002;
/**
 * The share of its processors that a node may be busy with the mesh and the load. An act starts pods, and needs the rest: on two
 * cores that were 65 % busy before it, 7 % of the calls of a canary started late.
 */
const mostBusy = 0.5;

type Tried = ChangeRecord['load']['calibrated'][number];

/**
 * Tries the rates and leaves the load at the highest that this machine can call at while half of it is left for the change; at the
 * lowest where it can do none.
 */
export async function calibrate(load: RunningLoad): Promise<{ perSecond: number; tried: Tried[] }> {
  const tried: Tried[] = [];
  for (const perSecond of rates) {
    await load.setRate(perSecond);
    await letTimePass(changeMs);
    const before = await load.processorTimes();
    const from = Date.now();
    await letTimePass(eachMs);
    const to = Date.now();
    const busy = busiest(before, await load.processorTimes());
    await letTimePass(changeMs);
    await load.readAll();
    const ticks = load.store.series.flatMap(({ samples }) => samples.filter(({ tick }) => tick >= from && tick < to));
    tried.push({ perSecond, expected: ticks.length, notMeasured: ticks.filter(({ answer }) => !answer).length, busy });
  }
  const perSecond = fastest(tried);
  await load.setRate(perSecond);
  return { perSecond, tried };
}

/** The first rate that was measured whole on nodes that were not too busy; else the lowest. Exported for its test. */
export function fastest(tried: readonly Tried[]): number {
  const fits = tried.find(
    ({ expected, notMeasured, busy }) => expected > 0 && notMeasured < expected * mostLate && (busy ?? 0) <= mostBusy,
  );
  return fits?.perSecond ?? rates.at(-1)!;
}

/** The share of its processors' time that the busiest node was busy, of two readings by node; undefined where none was read twice. */
export function busiest(
  before: ReadonlyMap<string, ProcessorTimes>,
  after: ReadonlyMap<string, ProcessorTimes>,
): number | undefined {
  const shares = [...after].flatMap(([node, now]) => {
    const then = before.get(node);
    const all = then ? now.all - then.all : 0;
    return then && all > 0 ? [1 - (now.idle - then.idle) / all] : [];
  });
  return shares.length > 0 ? Math.max(...shares) : undefined;
}
