import { isOutside, outsideSeriesOf } from './ingress/outside-series.js';
import type { SeriesConfig } from './load/series-config.js';
import { calleesOf, seriesOf, type LoadPlan } from './load-objects.js';

/** Every series of a load, each under its index: those of clients in the mesh, their control, those of clients outside. */
export function allSeries(plan: LoadPlan): SeriesConfig[] {
  const inside = seriesOf(plan);
  // both kinds of clients have the same control
  return [...inside.slice(0, -1), ...outsideSeriesOf(inside.at(-1)!, calleesOf(plan), '')];
}

/** The index of a client's first series among all of them; its others follow it. */
export function firstSeriesOf(plan: LoadPlan, client: string): number {
  return isOutside(client) ? seriesOf(plan).length - 1 : 0;
}
