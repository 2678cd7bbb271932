import type { ActRecord, ChangeRecord, ChangeVerdict, PathRecord, Phase } from '../record/change-record.js';
import type { Finding } from '../record/finding.js';
import { controlGaps } from './control-gaps.js';
import { judgePath, type Judging } from './judge-path.js';
import { lanesNotRun, whySilent } from './ingress/ingress-state.js';
import { lateAfterMs, stalledAfterMs, timeoutMs } from './load-objects.js';
import { allSeries, pathsOf } from './load-series.js';
import type { PlacedEvent } from './placed-event.js';
import type { PlayOptions } from './play-options.js';
import type { RunningLoad } from './run-load.js';

/** All that is known of a change when it is over; times are milliseconds since the epoch. */
export interface ChangeFacts {
  options: PlayOptions;
  load: RunningLoad;
  startedAt: number;
  endedAt: number;
  phases: readonly Phase[];
  acts: readonly ActRecord[];
  events: readonly PlacedEvent[];
  notSeen: readonly string[];
  /** Whether all paths were clean for long enough after the acts. */
  recovered: boolean;
  calibrated: ChangeRecord['load']['calibrated'];
  perSecond: number;
  worse: readonly Finding[];
  /** Checks that could not tell whether anything is worse, in words. */
  unknown: readonly string[];
}

/** The record of a change. */
export function judgeChange(facts: ChangeFacts): ChangeRecord {
  const { options, load, startedAt: zero, phases, perSecond, recovered, worse, unknown } = facts;
  const { clusters } = options.mesh;
  const { plan } = load;
  const { ingress } = plan;
  const { series } = load.store;
  const from = phases.find(({ name }) => name === 'baseline')!.start;
  const to = phases.at(-1)!.end;
  const configs = new Map(clusters.map(({ name }) => [name, allSeries(plan, name)]));
  const control = controlGaps(series, ({ cluster, index }) => configs.get(cluster)![index]!).filter(
    (gap) => gap.to > from && gap.from < to,
  );
  const ofClients = load.store.events.map(({ at, client, cluster, event, says }): PlacedEvent => ({
    at,
    client,
    cluster,
    kind: event,
    says: `${client}: ${says}`,
    place: 'client',
  }));
  const events = [...facts.events, ...ofClients.filter(({ kind }) => kind !== 'retries')].sort((a, b) => a.at - b.at);
  const judging: Judging = {
    zero,
    phases,
    control,
    events,
    shape: {
      networkOf: Object.fromEntries(clusters.map(({ name, network }) => [name, network])),
      primaryOf: Object.fromEntries(clusters.map(({ name, primary }) => [name, primary ?? name])),
    },
    budgets: options.budgets,
    away: awayIn(phases, options.away),
  };
  const paths = clusters.flatMap((caller) =>
    pathsOf(plan, caller.name).map(({ index, ...path }) =>
      judgePath(
        path,
        series.filter((one) => one.cluster === caller.name && one.index === index),
        path.lane === 'ingress' ? { ...judging, neverRan: whySilent(ingress, caller.name) } : judging,
      ),
    ),
  );
  const retries = load.store.events.filter(({ event }) => event === 'retries');
  const { verdict, reasons } = verdictOf(paths, { recovered, worse, unknown });
  const relative = (at: number): number => Math.round(at - zero);
  return {
    id: options.id,
    title: options.title,
    startedAt: new Date(zero).toISOString(),
    durationMs: facts.endedAt - zero,
    verdict,
    reasons,
    phases: phases.map((phase) => ({ ...phase, start: relative(phase.start), end: relative(phase.end) })),
    acts: facts.acts.map(({ start, end, marks, ...act }) => ({
      ...act,
      ...(start !== undefined && { start: relative(start), end: relative(end!) }),
      marks: marks.map(({ at, event }) => ({ at: relative(at), event })),
    })),
    load: {
      perSecond,
      calibrated: [...facts.calibrated],
      lateAfterMs: lateAfterMs(perSecond),
      stalledAfterMs,
      timeoutMs,
      clients: clientsOf(load),
      lanesNotRun: lanesNotRun(ingress),
      retriesOff:
        retries.length === 0
          ? 'not proven: no client could tell'
          : [...new Set(retries.map(({ says }) => says))].join('; '),
    },
    paths,
    controlGaps: control.map(({ who, says, from: begin, to: end }) => ({
      client: who,
      says,
      from: relative(begin),
      to: relative(end),
    })),
    events: events
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, cluster, kind, object, says }) => ({ at: relative(at), cluster, kind, object, says })),
    notSeen: [...facts.notSeen],
    worse: [...worse],
    compared: options.compare !== false,
    unknown: [...unknown],
    samplesFile: `load/${options.id}/samples.jsonl`,
  };
}

/** From the beginning of the first of some acts to the end of the last. */
function awayIn(phases: readonly Phase[], away: PlayOptions['away']): Judging['away'] {
  const during = phases.filter(({ act }) => act !== undefined && away?.acts.includes(act));
  if (!away || during.length === 0) return [];
  return away.clusters.map((cluster) => ({ cluster, from: during[0]!.start, to: during.at(-1)!.end }));
}

/** Exported for its test. A lossy baseline leaves all of it open; after that, a loss that is sure comes before what is not known. */
export function verdictOf(
  paths: readonly PathRecord[],
  { recovered, worse, unknown }: Pick<ChangeFacts, 'recovered' | 'worse' | 'unknown'>,
): { verdict: ChangeVerdict; reasons: string[] } {
  const of = (verdict: ChangeVerdict): PathRecord[] => paths.filter((path) => path.verdict === verdict);
  const say = (some: readonly PathRecord[]): string[] => some.map(({ id, why }) => `${id}: ${why}`);
  const [broken, disrupted, undetermined] = [of('broken'), of('disrupted'), of('undetermined')];
  const worseTexts = worse.map(({ check, says }) => `found after the change and not before: ${check}: ${says}`);
  const baselineWasLossy = undetermined.some(({ gaps }) => gaps.some(({ phase }) => phase === 'baseline'));
  // what is lost without a change says nothing of one: not on the paths either that were spared by chance
  if (baselineWasLossy) return { verdict: 'undetermined', reasons: say(undetermined) };
  if (broken.length > 0 || worse.length > 0)
    return { verdict: 'broken', reasons: [...say(broken), ...worseTexts, ...say(disrupted), ...say(undetermined)] };
  if (disrupted.length > 0) return { verdict: 'disrupted', reasons: [...say(disrupted), ...say(undetermined)] };
  if (undetermined.length + unknown.length > 0)
    return { verdict: 'undetermined', reasons: [...say(undetermined), ...unknown] };
  if (!recovered)
    return { verdict: 'undetermined', reasons: ['not every path was clean for long enough after the change'] };
  return { verdict: 'within-budget', reasons: [] };
}

function clientsOf({ pods }: RunningLoad): ChangeRecord['load']['clients'] {
  const names = [...new Set([...pods.values()].map(({ client }) => client))].sort();
  return names.map((name) => {
    const own = [...pods.values()].filter(({ client }) => client === name);
    return {
      name,
      cluster: own[0]!.cluster,
      pods: own.map(({ pod }) => pod),
      nodes: [...new Set(own.map(({ node }) => node))],
      clockOffsetMs: own.at(-1)!.clockOffsetMs,
      clockUnsureMs: own.at(-1)!.clockUnsureMs,
    };
  });
}
