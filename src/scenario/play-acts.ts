import { currentSignal } from '../kernel/cancellation.js';
import { asError } from '../kernel/as-error.js';
import { exitCode } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ActRecord } from '../record/change-record.js';
import type { PlacedEvent } from './placed-event.js';
import type { PlayOptions } from './play-options.js';
import type { ActLoad } from './scenario.js';

/** The acts as they were played; times are milliseconds since the epoch. */
export interface Played {
  acts: ActRecord[];
  mesh: MeshState;
}

/** Plays acts one after the other; one that fails ends it. `tell` is told of each beginning, end and mark. */
export async function playActs(
  { acts, mesh: before, programs, steps, prove, takeBack }: PlayOptions,
  load: ActLoad,
  tell: (event: PlacedEvent) => void,
): Promise<Played> {
  let mesh = before;
  const played: ActRecord[] = [];
  let failed = false;
  for (const act of acts) {
    const { id, title, cluster } = act;
    const record: ActRecord = { id, title, cluster, outcome: 'not-done', marks: [] };
    played.push(record);
    if (failed) continue;
    const notice = (kind: string, says: string): void => tell({ at: Date.now(), cluster, kind, says, place: 'change' });
    record.start = Date.now();
    notice('act-began', `act ${id} began`);
    try {
      const changed = await steps.step(title, { cluster }, () =>
        act.do({
          mesh,
          programs,
          load,
          signal: currentSignal(),
          mark(event) {
            record.marks.push({ at: Date.now(), event });
            notice('mark', event);
          },
        }),
      );
      if (changed) mesh = changed;
      record.outcome = 'done';
    } catch (error) {
      // before the mesh is given time to recover, and before the load is removed: a cluster may be stopped
      await takeBack?.();
      if (currentSignal().aborted) throw error;
      const problem = asError(error, exitCode.environment);
      record.outcome = 'failed';
      record.exitCode = problem.code;
      record.problem = problem.describe();
      failed = true;
    }
    record.end = Date.now();
    notice('act-ended', `act ${id} ${record.outcome === 'done' ? 'ended' : 'failed'}`);
    if (record.outcome === 'done' && act.holds && act.holds.length > 0 && prove) record.held = await prove(act, mesh);
  }
  return { acts: played, mesh };
}
