import { letTimePass } from '../kernel/let-time-pass.js';
import type { ChangeRecord } from '../record/change-record.js';
import type { RunningLoad } from './run-load.js';

/** Calls a second of each client on each path and lane, the highest first. */
export const rates = [10, 5, 2] as const;

/** Of each rate, in milliseconds; 30 s for all of them. */
const eachMs = 10_000;
/** The clients need so long to take another rate, or to be read to the end of one. */
const changeMs = 2_000;
/** The share of calls that may be late: a tenth of what leaves a path undetermined. */
const mostLate = 0.002;

type Tried = ChangeRecord['load']['calibrated'][number];

/** Tries the rates and leaves the load at the highest that this machine can call at; at the lowest where it can do none. */
export async function calibrate(load: RunningLoad): Promise<{ perSecond: number; tried: Tried[] }> {
  const tried: Tried[] = [];
  for (const perSecond of rates) {
    await load.setRate(perSecond);
    await letTimePass(changeMs);
    const from = Date.now();
    await letTimePass(eachMs);
    const to = Date.now();
    await letTimePass(changeMs);
    await load.readAll();
    const ticks = load.store.series.flatMap(({ samples }) => samples.filter(({ tick }) => tick >= from && tick < to));
    tried.push({ perSecond, expected: ticks.length, notMeasured: ticks.filter(({ answer }) => !answer).length });
  }
  const fits = tried.find(({ expected, notMeasured }) => expected > 0 && notMeasured < expected * mostLate);
  const perSecond = fits?.perSecond ?? rates.at(-1)!;
  await load.setRate(perSecond);
  return { perSecond, tried };
}
