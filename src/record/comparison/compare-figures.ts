import type { RunRecord } from '../result.js';
import type { FigureChange } from './comparison.js';
import { figuresOf, type Figure, type FigureUnit } from './figures.js';
import { level, median, rankTest, runsNeeded } from './rank-test.js';

/** Whether a difference of medians is worth talking about: a second of waiting, a fifth of a latency, ten points of a share. */
const worthTelling: Record<FigureUnit, (before: number, after: number) => boolean> = {
  ms: (before, after) => Math.abs(after - before) >= 1000,
  'latency-ms': (before, after) => Math.abs(after - before) >= 0.2 * Math.min(before, after),
  share: (before, after) => Math.abs(after - before) >= 0.1,
};

/**
 * The numbers of both sides, those that differ first. `confounded` says why none of them can be judged, such as machines of
 * different sizes.
 */
export function compareFigures(
  before: readonly RunRecord[],
  after: readonly RunRecord[],
  confounded: string | undefined,
): FigureChange[] {
  const [was, is] = [byName(before), byName(after)];
  const names = new Set([...was.keys(), ...is.keys()]);
  const changes = [...names].map((name) => changeOf(was.get(name) ?? [], is.get(name) ?? [], confounded));
  const rank = ({ outcome }: FigureChange): number => ['worse', 'too-few-runs', 'missing', 'better'].indexOf(outcome);
  return changes.sort((a, b) => (rank(a) < 0 ? 9 : rank(a)) - (rank(b) < 0 ? 9 : rank(b)));
}

function byName(records: readonly RunRecord[]): Map<string, Figure[]> {
  const all = new Map<string, Figure[]>();
  for (const figure of records.flatMap(figuresOf)) {
    const name = `${figure.topology}\0${figure.name}`;
    all.set(name, [...(all.get(name) ?? []), figure]);
  }
  return all;
}

function changeOf(was: readonly Figure[], is: readonly Figure[], confounded: string | undefined): FigureChange {
  const { topology, name, unit, judged } = (was[0] ?? is[0])!;
  const [before, after] = [was.map(({ value }) => value), is.map(({ value }) => value)];
  const common = { topology, name, unit, before, after };
  if (after.length === 0) return { ...common, medianBefore: median(before), outcome: 'missing' };
  if (before.length === 0) return { ...common, medianAfter: median(after), outcome: 'new' };
  const [medianBefore, medianAfter] = [median(before), median(after)];
  const told = { ...common, medianBefore, medianAfter };
  if (!worthTelling[unit](medianBefore, medianAfter)) return { ...told, outcome: 'same' };
  const reason = judged ? confounded : 'it depends more on the machine than on the mesh';
  if (reason !== undefined) return { ...told, outcome: 'not-judged', reason };
  const needBefore = Math.max(0, runsNeeded - before.length);
  const needAfter = Math.max(0, runsNeeded - after.length);
  if (needBefore + needAfter > 0) return { ...told, outcome: 'too-few-runs', needBefore, needAfter };
  const rises = medianAfter > medianBefore;
  const { p } = rises ? rankTest(before, after) : rankTest(after, before);
  return { ...told, p, outcome: p > level ? 'same' : rises ? 'worse' : 'better' };
}
