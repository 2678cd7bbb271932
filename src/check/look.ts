import pLimit from 'p-limit';
import type { FindingId } from '../record/finding-ids.gen.js';
import type { Finding } from '../record/finding.js';
import { converge } from '../kernel/converge.js';
import { scaled } from '../kernel/time-limits.js';
import { settling, whyNot, type Check, type Outcome, type Source } from './check.js';

/** What came of each check that applies, by its id. */
export type Outcomes = ReadonlyMap<FindingId, Outcome>;

/** Milliseconds that one check may take. */
const limit = 8000;

/** Milliseconds between two observations of what settles only some time after a change. */
const between = 1500;

/** Checks that are under way at once: a machine with two processors is busy with the mesh itself. */
const atOnce = 8;

/** A view that gives each check the part of itself that the check may read. */
export interface Restricting<View> {
  only(sources: readonly Source[]): View;
  /** A remedy whose commands go to the cluster that it is about. */
  aimed(remedy: string, cluster: string | undefined): string;
}

/** Runs checks side by side, each within its limit. Never throws for what a cluster does. */
export async function lookOnce<View>(checks: readonly Check<View>[], view: View): Promise<Outcomes> {
  const slots = pLimit(atOnce);
  const results = checks
    .filter(({ applies }) => applies?.(view) ?? true)
    .map(async (check) => [check.id, await slots(() => outcome(check, view))] as const);
  return new Map(await Promise.all(results));
}

async function outcome<View>(check: Check<View>, view: View): Promise<Outcome> {
  const most = scaled(limit);
  const signal = AbortSignal.timeout(most);
  const late = new Promise<Outcome>((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ is: 'cannot tell', missing: `no answer within ${most / 1000} s` }),
    );
  });
  try {
    return aimed(await Promise.race([check.look(restricted(check, view), signal), late]), view);
  } catch (error) {
    return { is: 'cannot tell', missing: whyNot(error) };
  }
}

function aimed<View>(outcome: Outcome, view: View): Outcome {
  const mesh = view as Partial<Restricting<View>>;
  if (outcome.is !== 'broken' || !mesh.aimed) return outcome;
  const aim = mesh.aimed.bind(mesh);
  return { is: 'broken', problems: outcome.problems.map((one) => ({ ...one, remedy: aim(one.remedy, one.cluster) })) };
}

function restricted<View>({ reads }: Check<View>, view: View): View {
  const restricting = view as Partial<Restricting<View>>;
  return restricting.only ? restricting.only(reads) : view;
}

/**
 * Examines a mesh. Some sources settle only some time after a change: what they show as broken is checked again with
 * another view, and counts only if it persists. `view` makes a view of the current mesh.
 */
export async function lookTwice<View>(checks: readonly Check<View>[], view: () => View): Promise<Outcomes> {
  const first = await lookOnce(checks, view());
  const unsure = checks.filter(
    ({ id, reads }) => first.get(id)?.is === 'broken' && reads.some((source) => settling.has(source)),
  );
  if (unsure.length === 0) return first;
  const second = await secondLook(first, () => lookOnce(unsure, view()), between);
  return new Map(
    [...first].map(([id, outcome]) => {
      const again = second.get(id);
      if (!again || outcome.is !== 'broken') return [id, outcome];
      return [id, again.is === 'broken' ? seenTwice(outcome, again) : notYet(again)];
    }),
  );
}

/** Observes again, so many milliseconds after `first` was seen. Asks anew while nobody knows, for a minute at most. */
export async function secondLook<T>(first: T, again: () => Promise<T>, milliseconds: number): Promise<T> {
  let seen = 0;
  const observe = async (): Promise<T> => (seen++ === 0 ? first : again());
  const looks = { timeout: 60_000, interval: milliseconds, successes: 2 };
  return (await converge(observe, () => ({ ok: true }), looks)).value;
}

/** The problems that both observations have, as the second one has them. */
function seenTwice(first: Outcome & { is: 'broken' }, second: Outcome & { is: 'broken' }): Outcome {
  const key = ({ cluster, object, says }: (typeof second.problems)[number]): string => `${cluster} ${object ?? says}`;
  const before = new Set(first.problems.map(key));
  const problems = second.problems.filter((problem) => before.has(key(problem)));
  return problems.length > 0 ? { is: 'broken', problems } : { is: 'not yet', until: 'the problem has changed' };
}

function notYet(again: Outcome): Outcome {
  return again.is === 'holds' ? { is: 'not yet', until: 'it was broken a moment ago' } : again;
}

/** All problems as findings, in the order of the checks. */
export function findingsOf(outcomes: Outcomes): Finding[] {
  return [...outcomes].flatMap(([check, outcome]) =>
    outcome.is === 'broken'
      ? outcome.problems.map((problem): Finding => ({ check, confidence: 'certain', ...problem }))
      : [],
  );
}
