import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { writeState } from '../mesh/state-file.js';
import type { ActRecord, ChangeRecord } from '../record/change-record.js';
import { forgetChanges, noteChange } from '../run/open-changes.js';
import { playActs } from '../scenario/play-acts.js';
import type { PlayOptions } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import type { Act } from '../scenario/scenario.js';
import { actDone, actUndone, begun } from '../scenario/upgrade/remaining-acts.js';
import { readUpgrade, writeUpgrade } from '../scenario/upgrade/upgrade-progress.js';
import { upgradeChange } from './kept-meshes.js';

/** What became of the acts of an upgrade. */
export interface PlayedUpgrade {
  mesh: MeshState;
  acts: readonly ActRecord[];
  /** What was lost; undefined where nothing was called meanwhile. */
  change?: ChangeRecord;
  /** Why the acts ended before the last one. */
  problem?: MeshproofError;
}

/** Plays acts, under load or without any; after each the run's folder says how far the upgrade has come. */
export async function playUpgrade(
  options: PlayOptions,
  { load, back }: { load: boolean; /** The acts are taken back. */ back: boolean },
): Promise<PlayedUpgrade> {
  const acts = options.acts.map((act) => tracked(act, options.mesh.runId, back));
  const { mesh, played, change } = load ? await underLoad({ ...options, acts }) : await alone({ ...options, acts });
  const failed = played.find(({ outcome }) => outcome === 'failed');
  const { runId } = options.mesh;
  const problem =
    failed &&
    new MeshproofError(`act ${failed.id} failed: ${failed.problem}`, exitCode.environment, {
      where: failed.cluster,
      expected: failed.title,
      remedy: `for a kept mesh (--keep): meshproof upgrade --run ${runId} --resume, or --rollback`,
    });
  return { mesh, acts: played, change, problem };
}

async function underLoad(options: PlayOptions) {
  const { mesh, record } = await playUnderLoad(options);
  return { mesh, played: record.acts, change: record };
}

async function alone(options: PlayOptions) {
  const nothing = { namespace: '', follow: async () => {} };
  const { mesh, acts } = await playActs(options, nothing, () => {});
  return { mesh, played: acts, change: undefined };
}

/** An act that says in the run's folder that it has begun, and that it is done. */
function tracked(act: Act, runId: string, back: boolean): Act {
  return {
    ...act,
    async do(context) {
      noteChange(runId, upgradeChange, `act ${act.id} began but did not end`);
      writeUpgrade(runId, begun(readUpgrade(runId)!, act.id));
      const mesh = (await act.do(context)) ?? context.mesh;
      // the mesh first: an act that is done twice does no harm, and one that is left out does
      writeState(mesh);
      writeUpgrade(runId, (back ? actUndone : actDone)(readUpgrade(runId)!, act.id));
      forgetChanges(runId, upgradeChange);
      return mesh;
    },
  };
}
