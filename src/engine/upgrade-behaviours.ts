import type { RunningImage } from '../record/mesh-schema.js';
import type { Behaviour, Failure, Verdict } from '../record/result.js';
import type { Upgrade } from '../scenario/upgrade/upgrade.js';
import { heldAgain, verdictsOf } from './held-again.js';
import type { ProvenState } from './prove-state.js';

/** What is known of the states of an upgrade. */
export interface UpgradeFacts {
  topology: string;
  upgrade: Upgrade;
  startedAt: Date;
  /** What held before the first act. */
  before: ProvenState;
  /** What held after each act, in their order. */
  states: readonly ProvenState[];
  /** Whether all of its acts are done, or all are taken back. */
  whole: boolean;
  imagesBefore: readonly RunningImage[];
}

/**
 * UPG-2 and UPG-6 as behaviours of the record: they are no specs, because they are about the states of an upgrade. What was lost
 * under load is in the record of the change itself.
 */
export function upgradeBehaviours(facts: UpgradeFacts): Behaviour[] {
  return [mixedStates(facts), beforeAndAfter(facts)];
}

function mixedStates(facts: UpgradeFacts): Behaviour {
  const { upgrade, states } = facts;
  const failures = states.flatMap(({ after, behaviours }) =>
    behaviours.flatMap(({ failures: own, verdict, id }): Failure[] =>
      verdict !== 'failed'
        ? []
        : own.map((failure) => ({
            ...failure,
            message: `UPG-2: after act ${after}: ${failure.message}`,
            replay: `${command(facts)} --until ${after} --keep, then: meshproof test --only ${id}`,
          })),
    ),
  );
  const unknown = states.flatMap(({ after, behaviours, problem }) => [
    ...behaviours
      .filter(({ verdict }) => verdict === 'undetermined')
      .map(({ id, reason }) => `after ${after}: ${id}: ${reason}`),
    ...(problem === undefined ? [] : [`after ${after}: ${problem}`]),
  ]);
  const verdict: Verdict =
    failures.length > 0 ? 'failed' : unknown.length > 0 ? 'undetermined' : states.length > 0 ? 'passed' : 'skipped';
  return {
    ...common(facts),
    id: 'UPG-2',
    title: `every state of the mesh between ${upgrade.from} and ${upgrade.to} passes its behaviours`,
    verdict,
    reason: verdict === 'undetermined' ? unknown.join('; ') : verdict === 'skipped' ? 'no state was tested' : undefined,
    failures,
    measurements: { states: Object.fromEntries(states.map((state) => [state.after, verdictsOf(state)])) },
  };
}

function beforeAndAfter(facts: UpgradeFacts): Behaviour {
  const { before, states, whole, imagesBefore } = facts;
  const after = states.at(-1);
  const images = imagesBefore.map(({ cluster, image, id }) => ({ cluster, image, id }));
  const behaviour = {
    ...common(facts),
    id: 'UPG-6',
    title: 'what held before holds after',
    measurements: { before: verdictsOf(before), imagesBefore: images },
  };
  if (!whole || after === undefined)
    return {
      ...behaviour,
      verdict: 'skipped',
      failures: [],
      reason: `it ended after act ${after?.after ?? 'none'}`,
    };
  return heldAgain(behaviour, before, after, (id) => `${command(facts)} --keep, then: meshproof test --only ${id}`);
}

function common({ topology, startedAt }: UpgradeFacts) {
  const now = Date.now();
  return {
    area: 'upgrade',
    topology,
    flaky: false,
    startedAt: startedAt.toISOString(),
    durationMs: now - startedAt.getTime(),
    attachments: [],
  };
}

function command({ topology, upgrade: { from, to, strategy } }: UpgradeFacts): string {
  return `meshproof upgrade ${topology} --from ${from} --to ${to} --strategy ${strategy}`;
}
