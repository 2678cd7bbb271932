import { seconds } from '../record/change-lines.js';
import type { ChangeVerdict, Gap, LossKind, PathRecord, Phase, Window } from '../record/change-record.js';
import type { Budgets } from './budgets.js';
import { unsureBecause, type ControlGap } from './control-gaps.js';
import { flagOf, gapsOf, lossOf, type SeriesGap } from './gaps.js';
import { accountsOf, allowedBy, lengthOf, uncovered, verdictByBudget, type Account } from './judge-budget.js';
import { latencyBins, latencyOf } from './latency.js';
import { stalledAfterMs } from './load-objects.js';
import { anyCluster } from './load/answer.js';
import { causesOf, isOnPath, type JudgedPath, type MeshShape, type PlacedEvent } from './placed-event.js';
import { otherAnswer } from './other-answer.js';
import type { Sample, SampleSeries } from './sample-store.js';

/** What a path is judged by; times are milliseconds since the epoch. */
export interface Judging {
  /** When the record begins; its times count from it. */
  zero: number;
  phases: readonly Phase[];
  control: readonly ControlGap[];
  events: readonly PlacedEvent[];
  shape: MeshShape;
  budgets: Budgets;
  /** Times in which the clients of a cluster could not call, because a scenario had stopped it. */
  away?: readonly (Window & { cluster: string })[];
  /** Why the lane of this path was never called, where that is known. */
  neverRan?: string;
}

/** Of the ticks of a path, those that may not be measured: beyond it nothing is said of the rest. */
const mostNotMeasured = 0.02;
/** A stream that ends within so many milliseconds after its callee began to terminate was ended by the application. */
const ownEndMs = 15_000;

/** What became of the calls of a path by one lane. `series` are those of its clients. */
export function judgePath(path: JudgedPath, series: readonly SampleSeries[], judging: Judging): PathRecord {
  const { from, to, lane, own } = path;
  const { phases, zero, away = [] } = judging;
  const judged = phases.filter(({ name }) => name !== 'settle');
  const [start, end] = [judged[0]!.start, judged.at(-1)!.end];
  const intervalMs = series[0]?.intervalMs ?? 0;
  const within = series.flatMap(({ samples }) =>
    samples.filter(({ tick, answer }) => answer && tick >= start && tick < end),
  );
  const found = series.flatMap((one) => gapsOf(one, start, end)).sort((a, b) => a.onset.to - b.onset.to);
  const control = controlOf(path, judging);
  const gaps = found.map((gap) => recordOfGap(gap, path, { ...judging, control }));
  const phaseOf = (at: number): Phase | undefined => judged.find((phase) => at >= phase.start && at < phase.end);
  const counted = gaps.filter(({ phase, unsure }) => phase !== 'baseline' && unsure === undefined);
  const ends = endsOf(series, judging, (at) => phaseOf(at)?.name !== 'baseline' && phaseOf(at) !== undefined);
  const acts = phases.flatMap(({ name, act }) => (name === 'act' && act !== undefined ? [act] : []));
  const since = gaps.filter(({ phase }) => phase !== 'baseline');
  const accounts = accountsOf(judging.budgets, path, acts, { gaps: since, ends: ends.others.map(actAt(phases)) });
  const awayHere = away.filter(({ cluster }) => cluster === path.from);
  const { expected, missed } = coverage(series, start, end, intervalMs, awayHere);
  const record = {
    id: `${own?.caller ?? from} > ${to}, ${lane}`,
    ...{ from, to, lane, ...(own && { path: own.path }) },
    samples: within.length,
    expected,
    notMeasured: missed.length,
    intervalMs,
    seenFromMs: intervalMs,
    stallSeenFromMs: intervalMs + stalledAfterMs,
    gapMs: lengthOf(counted),
    longestGapMs: Math.max(0, ...counted.map(({ lengthMs }) => lengthMs)),
    resets: ends.others.length,
    endedByCallee: ends.byCallee,
    retried: within.filter(({ answer }) => answer!.retried).length,
    meshRetries: within.filter(({ answer }) => (answer!.attempts ?? 1) > 1).length,
    ...allowedBy(accounts, intervalMs),
    gaps,
    answeredBy: countBy(within.flatMap(({ answer }) => answer!.by ?? [])),
    latency: Object.fromEntries(
      (['baseline', 'change', 'after'] as const).flatMap((part) => {
        const names: Phase['name'][] = part === 'change' ? ['act', 'recovery'] : [part];
        const of = latencyOf(within.filter(({ tick }) => names.includes(phaseOf(tick)?.name ?? 'settle')));
        return of ? [[part, of]] : [];
      }),
    ),
    bins: latencyBins(within, start, end, zero),
  };
  const missedActs = missed.map((at) => (phaseOf(at)?.name === 'baseline' ? undefined : actAt(phases)(at)));
  return {
    ...record,
    ...verdictOf(record, counted, accounts, {
      notMeasured: uncovered(accounts, missedActs, intervalMs),
      neverRan: judging.neverRan,
      otherAnswer: own && otherAnswer(within, (at) => phaseOf(at)?.name === 'baseline'),
    }),
  };
}

type Unjudged = Omit<PathRecord, 'verdict' | 'why'>;

function verdictOf(
  { gaps, samples, expected, intervalMs }: Unjudged,
  counted: readonly Gap[],
  accounts: readonly Account[],
  {
    notMeasured,
    neverRan,
    otherAnswer: other,
  }: {
    /** Ticks that were not measured, and could change the verdict. */
    notMeasured: number;
    neverRan: string | undefined;
    /** What a service of the user's answers since the change, and did not before. */
    otherAnswer: string | undefined;
  },
): { verdict: ChangeVerdict; why?: string } {
  if (samples === 0)
    return { verdict: 'undetermined', why: ['this lane never ran', neverRan].filter(Boolean).join(': ') };
  const inBaseline = gaps.filter(({ phase }) => phase === 'baseline');
  const lostBefore = inBaseline.reduce((sum, { lost }) => sum + lost, 0);
  if (lostBefore > 0)
    return { verdict: 'undetermined', why: `${lostBefore} calls were lost in the baseline, without a change` };
  // a machine as busy as that loses calls by itself
  if (notMeasured > expected * mostNotMeasured)
    return { verdict: 'undetermined', why: `${percent(notMeasured / expected)} of the ticks were not measured` };
  const afterwards = counted.filter(({ phase, open }) => phase === 'after' || open);
  const lostAfter = lengthOf(afterwards);
  if (lostAfter > 2 * intervalMs)
    return { verdict: 'broken', why: `calls are still lost after the change (${seconds(lostAfter)})` };
  const byBudget = verdictByBudget(accounts, intervalMs);
  if (other === undefined || byBudget.verdict !== 'within-budget') return byBudget;
  return { verdict: 'undetermined', why: `answered with ${other} since the change, which it was not before` };
}

/**
 * The moments that excuse a loss on a path. Of a cluster that a scenario stops nothing else is expected: on the paths that any other
 * cluster may answer on, it excuses nothing.
 */
function controlOf({ to }: { to: string }, { control, away = [] }: Judging): readonly ControlGap[] {
  if (to !== anyCluster) return control;
  return control.filter(
    (late) => !away.some((one) => one.cluster === late.cluster && late.from < one.to && late.to > one.from),
  );
}

/** The act under way at a time, or the last one before it. */
function actAt(phases: readonly Phase[]): (at: number) => string | undefined {
  return (at) => phases.findLast(({ start, name }) => name === 'act' && start <= at)?.act;
}

function recordOfGap(gap: SeriesGap, path: JudgedPath, { zero, phases, control, events, shape }: Judging): Gap {
  const { client, onset, end, open, lengthMs, leastMs, lost } = gap;
  const first = lost[0]!;
  const kinds = countBy(lost.map((sample) => lossOf(sample)!)) as Partial<Record<LossKind, number>>;
  const flags = [...new Set(lost.flatMap(({ answer }) => flagOf(answer?.says) ?? []))];
  const phase = phases.findLast(({ start }) => start <= onset.to)!;
  const act = actAt(phases)(onset.to);
  // a late or missing answer ends long after what has kept it
  const waited = ['stalled', 'timeout'].includes(lossOf(first)!);
  const causes = causesOf(events, { ...onset, firstEnd: waited ? onset.to : onset.to + first.ms }, (event) =>
    isOnPath(event, path, client, shape),
  );
  const shifted = (window: { from: number; to: number }) => ({
    from: Math.round(window.from - zero),
    to: Math.round(window.to - zero),
  });
  return {
    client,
    onset: shifted(onset),
    end: shifted(end),
    ...(open && { open }),
    lengthMs,
    leastMs,
    lost: lost.length,
    kinds,
    ...(flags.length > 0 && { flags }),
    says: first.answer?.says ?? `answered after ${first.ms} ms`,
    phase: phase.name,
    act,
    unsure: unsureBecause({ from: onset.from, to: end.to }, path, control),
    causes: causes.map(({ at, cluster, kind, object, says, distanceMs }) => ({
      at: Math.round(at - zero),
      cluster,
      kind,
      object,
      says,
      distanceMs,
    })),
  };
}

/**
 * How many intervals there are from start to end, and when those began in which no client called in time: of two, one is enough. Of a
 * time in which the clients were away nothing is expected.
 */
function coverage(
  series: readonly SampleSeries[],
  start: number,
  end: number,
  intervalMs: number,
  away: readonly Window[],
): { expected: number; missed: number[] } {
  const missed: number[] = [];
  if (intervalMs === 0) return { expected: 0, missed };
  const intervals = Math.floor((end - start) / intervalMs);
  let expected = 0;
  const measured = new Set<number>();
  for (const { samples } of series)
    for (const { tick, answer } of samples) if (answer) measured.add(Math.floor((tick - start) / intervalMs));
  for (let i = 0; i < intervals; i++) {
    const at = start + i * intervalMs;
    if (away.some(({ from, to }) => at + intervalMs > from && at < to)) continue;
    expected++;
    if (!measured.has(i)) missed.push(at);
  }
  return { expected, missed };
}

/** When established connections ended, apart from those whose callee began to terminate: the application does that itself. */
function endsOf(series: readonly SampleSeries[], { events }: Judging, judged: (at: number) => boolean) {
  const others: number[] = [];
  let byCallee = 0;
  for (const { samples } of series) {
    let before: Sample | undefined;
    for (const sample of samples) {
      const ended = sample.answer?.ended ?? 0;
      if (ended > 0 && judged(sample.tick)) {
        const pod = before?.answer?.by?.split('/').at(-1);
        const told = events.some(
          ({ kind, object, at }) =>
            kind === 'pod-terminating' &&
            pod !== undefined &&
            object?.endsWith(`/${pod}`) &&
            at <= sample.start + 1_000 &&
            sample.start - at < ownEndMs,
        );
        if (told) byCallee += ended;
        else others.push(...Array.from({ length: ended }, () => sample.tick));
      }
      if (sample.answer?.by) before = sample;
    }
  }
  return { others, byCallee };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
