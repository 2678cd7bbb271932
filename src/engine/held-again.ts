import type { Behaviour, Verdict } from '../record/result.js';
import type { ProvenState } from './prove-state.js';

/** A behaviour of the record: what held before a change holds after it. Undetermined where nothing held before, or it is not known. */
export function heldAgain(
  behaviour: Omit<Behaviour, 'verdict' | 'failures'>,
  before: ProvenState,
  after: ProvenState,
  replay: (id: string) => string,
): Behaviour {
  const measurements = { ...behaviour.measurements, before: verdictsOf(before), after: verdictsOf(after) };
  const held = before.behaviours.filter(({ verdict }) => verdict === 'passed');
  const lost = held.flatMap(({ id }) => {
    const now = after.behaviours.find((one) => one.id === id);
    return now?.verdict === 'passed' ? [] : [{ id, now: now?.verdict ?? 'not decided' }];
  });
  const failures = lost
    .filter(({ now }) => now === 'failed')
    .map(({ id }) => ({
      message: `${behaviour.id}: ${id} passed before, and failed after`,
      expected: 'passed',
      got: 'failed',
      replay: replay(id),
    }));
  if (failures.length > 0) return { ...behaviour, measurements, verdict: 'failed', failures };
  const failedNow = after.behaviours.filter(
    ({ id, verdict }) =>
      verdict === 'failed' && !before.behaviours.some((one) => one.id === id && isDecided(one.verdict)),
  );
  const notKnown = [
    ...failedNow.map(({ id }) => `${id} failed after, and was not decided before`),
    ...lost.map(({ id, now }) => `${id} is ${now} after`),
    ...(held.length === 0 ? ['nothing held before'] : []),
  ];
  if (notKnown.length > 0)
    return { ...behaviour, measurements, verdict: 'undetermined', failures: [], reason: notKnown.join('; ') };
  return { ...behaviour, measurements, verdict: 'passed', failures: [] };
}

function isDecided(verdict: Verdict): boolean {
  return verdict === 'passed' || verdict === 'failed';
}

/** The verdict of each behaviour of a state. */
export function verdictsOf({ behaviours }: ProvenState): Record<string, Verdict> {
  return Object.fromEntries(behaviours.map(({ id, verdict }) => [id, verdict]));
}
