import { upgradeProfile } from './upgrade/upgrade-profile.js';
import type { Breakage } from '../fault/breakage.js';
import type { Act, ActContext } from './scenario.js';
import type { StandingChanges } from './standing-changes.js';

type Named = Pick<Act, 'id' | 'title' | 'cluster'>;

/** An act that changes the mesh until it is taken back: by another act, or at the end of the scenario. */
export function changing(
  changes: StandingChanges,
  act: Named,
  change: (breakage: Breakage, context: ActContext) => Promise<void>,
): Act & Required<Pick<Act, 'undo'>> {
  return {
    ...act,
    do: (context) => change(changes.under(act.id), context),
    undo: () => changes.takeBack(act.id),
  };
}

/** An act that takes back what another one has changed. It ends when `until` has. */
export function takingBack(
  of: Required<Pick<Act, 'undo'>>,
  act: Named,
  until?: (context: ActContext) => Promise<void>,
): Act {
  return {
    ...act,
    async do(context) {
      await of.undo(context);
      context.mark('the change is undone');
      await until?.(context);
    },
  };
}

/** Its id is in the records of all scenarios. */
export const lastAct = 'as-before';

/** The last act of every scenario: nothing of it is left, and the mesh is proven to be complete. */
export function asBefore(changes: StandingChanges): Act {
  return {
    id: lastAct,
    title: 'the remaining changes of the scenario are undone, and the mesh is complete again',
    do: () => changes.takeBackAll(),
    holds: upgradeProfile,
  };
}
