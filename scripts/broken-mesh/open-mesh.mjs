import { addProgramsToPath } from '../../dist/src/supply/lab/lab-home.js';
import { whyOf } from '../../dist/src/engine/ask-why.js';
import { Breakage } from '../../dist/src/fault/breakage.js';
import { faults } from '../../dist/src/fault/faults.gen.js';
import { meshOf } from '../../dist/src/fault/fault.js';
import { converge } from '../../dist/src/kernel/converge.js';
import { scaleTimeLimits } from '../../dist/src/kernel/time-limits.js';
import { Undo } from '../../dist/src/kernel/undo.js';
import { read } from '../../dist/src/kube/api.js';
import { readState } from '../../dist/src/mesh/state-file.js';
import { firstMissing } from '../../dist/src/topology/features.js';

/** Times that a change is tried to be taken back: the API server of a busy machine may be away for a while. */
const tries = 3;

/**
 * A mesh that is up, for a series that breaks and mends it: its state, the faults of the live mesh that it can have, `why`, and `whileBroken`.
 * `scale` makes all time limits longer, for a machine that others use as well.
 */
export function openMesh(runId, scale = 1) {
  addProgramsToPath();
  scaleTimeLimits(scale);
  const state = readState(runId);
  if (state?.phase !== 'up')
    throw new Error(
      `run ${runId} is ${state?.phase ?? 'unknown'}, not up: name one of \`meshproof status\` with --run`,
    );
  const { features } = state.plan;
  const mesh = meshOf(state.clusters, features);
  return {
    state,
    mesh,
    /** What decides what a series finds on it. */
    versions: {
      topology: state.plan.topology,
      environment: state.plan.environment.name,
      istio: state.plan.istio.version,
      kubernetes: state.plan.environment.kubernetes,
    },
    live: faults.filter((fault) => fault.break && firstMissing(fault.requires ?? [], features) === undefined),
    /** What `why` answers; `problem` where it could not be asked. */
    why: () =>
      whyOf({ run: runId, contexts: [], services: [], noExec: false }).catch((error) => ({
        ...{ cause: null, alsoFound: [], follows: [] },
        problem: error.message,
      })),
    /** Breaks the mesh, does `work`, and mends it whatever happens. `wrong` says what could not be broken or mended. */
    async whileBroken(fault, work) {
      const undo = new Undo();
      const wrong = [];
      let doing = 'broken';
      let value;
      await answering(state);
      try {
        await fault.break(mesh, new Breakage(undo));
        doing = 'asked';
        value = await work();
      } catch (error) {
        wrong.push(`it could not be ${doing}: ${error.message}`);
      } finally {
        wrong.push(...(await mend(undo, state)));
      }
      return { value, wrong };
    },
  };
}

/** Takes back all changes; says what could not be. */
async function mend(undo, state) {
  for (let left = tries; ; left--) {
    const problem = await undo.all().then(
      () => undefined,
      (error) => error.message,
    );
    if (!problem) return [];
    if (left === 1) return [problem];
    await answering(state);
  }
}

/** Waits until every API server answers: on a machine that is too busy kubelet restarts them. */
async function answering({ clusters }) {
  const ready = async () =>
    (await Promise.all(clusters.map((one) => read(one, '/version').catch(() => undefined)))).every(Boolean);
  const check = (ok) => (ok ? { ok } : { ok, expected: 'API servers that answer', got: 'one does not' });
  await converge(ready, check, { timeout: 180_000, interval: 2000, successes: 2 });
}
