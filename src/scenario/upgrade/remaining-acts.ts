import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { nearest } from '../../kernel/nearest-word.js';
import type { Act } from '../scenario.js';
import type { UpgradeProgress } from './upgrade-progress.js';

type Come = Pick<UpgradeProgress, 'done' | 'underWay'>;

/** Acts that are still to be done, up to one and with it. Throws (exit 2) for an act that is unknown, or done already. */
export function actsToDo(acts: readonly Act[], { done }: Come, until?: string): Act[] {
  const left = acts.filter(({ id }) => !done.includes(id));
  if (until === undefined) return left;
  known(acts, until);
  if (done.includes(until)) throw refused(`act ${until} is already done`, left);
  return left.slice(0, left.findIndex(({ id }) => id === until) + 1);
}

/**
 * Acts to be taken back, the last first, down to one and with it: those that are done, and one that has begun. What each of them
 * does is its `undo`. Throws (exit 2) where one cannot be taken back.
 */
export function actsToUndo(acts: readonly Act[], { done, underWay }: Come, until?: string): Act[] {
  const begun = acts.filter(({ id }) => done.includes(id) || id === underWay).toReversed();
  if (until !== undefined) known(acts, until);
  const at = begun.findIndex(({ id }) => id === until);
  if (until !== undefined && at < 0) throw refused(`act ${until} has not begun`, begun);
  const chosen = at < 0 ? begun : begun.slice(0, at + 1);
  return chosen.map((act) => {
    const { undo } = act;
    if (undo) return { ...act, title: `rolled back: ${act.title}`, do: undo };
    throw refused(`act ${act.id} cannot be rolled back`, begun);
  });
}

function known(acts: readonly Act[], id: string): void {
  if (acts.some((act) => act.id === id)) return;
  const ids = acts.map((act) => act.id);
  const meant = nearest(id, ids);
  throw new MeshproofError(`there is no act ${id}`, exitCode.usage, {
    expected: ids.join(', '),
    remedy: meant && `did you mean ${meant}?`,
  });
}

function refused(message: string, among: readonly Act[]): MeshproofError {
  return new MeshproofError(message, exitCode.usage, {
    expected: among.length > 0 ? `one of ${among.map(({ id }) => id).join(', ')}` : 'an upgrade that has such acts',
  });
}

/** How far an upgrade has come when an act has begun. */
export function begun<T extends Come>(progress: T, id: string): T {
  return { ...progress, underWay: id };
}

/** How far it has come when an act is done. */
export function actDone<T extends Come>({ underWay: _, ...progress }: T, id: string): Omit<T, 'underWay'> {
  return { ...progress, done: [...progress.done.filter((one) => one !== id), id] };
}

/** How far it has come when an act is taken back. */
export function actUndone<T extends Come>({ underWay: _, ...progress }: T, id: string): Omit<T, 'underWay'> {
  return { ...progress, done: progress.done.filter((one) => one !== id) };
}
