import { rmSync } from 'node:fs';
import path from 'node:path';
import { asError } from '../kernel/as-error.js';
import { currentSignal } from '../kernel/cancellation.js';
import { exitCode } from '../kernel/errors.js';
import { behavioursAtOnce } from '../kernel/parallelism.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { readBehaviours } from '../record/result-files.js';
import type { Behaviour, Verdict } from '../record/result.js';
import type { Programs } from '../supply/program-paths.js';
import { readCatalogue } from './behaviour-catalogue.js';
import type { Progress } from './progress.js';
import { spansFile } from './report-paths.js';
import { runSuites } from './run-suites.js';
import { selectionOf } from './selection.js';

/** A state of a mesh without an unfinished upgrade, and what holds in it. */
export interface ProvenState {
  /** Id of the act before it; `before` for the first. */
  after: string;
  behaviours: Behaviour[];
  /** Why some behaviours could not be proven; undefined: each has a result. */
  problem?: string;
}

/** Which behaviours are proven, and where their files go. */
export interface StateProof {
  /** Ids; undefined: all of them but the removal. */
  ids?: readonly string[];
  programs: Programs;
  /** The report's folder. */
  dir: string;
  progress: Progress;
}

/** Proves behaviours on a mesh without an unfinished upgrade, whose state file is written. What cannot be proven is part of the answer. */
export async function proveState(mesh: MeshState, after: string, proof: StateProof): Promise<ProvenState> {
  const { ids, programs, progress } = proof;
  const dir = path.join(proof.dir, 'states', after.replaceAll('/', '-'));
  const { topology } = mesh.plan;
  try {
    const selection = ids === undefined ? { args: [] } : selectionOf(await readCatalogue(), { only: [...ids] }, []);
    await progress.step(`behaviours after ${after}`, {}, () =>
      runSuites({
        plan: mesh.plan,
        dir,
        istioctl: programs.istioctl,
        allowDisruptive: true,
        long: false,
        workers: behavioursAtOnce(),
        evidence: true,
        reports: 'record',
        args: selection.args ?? [],
        meshStays: true,
        manifestChanges: [],
        print: (line) => progress.print(line),
      }),
    );
    return { after, behaviours: await readBehaviours(dir, topology) };
  } catch (error) {
    if (currentSignal().aborted) throw error;
    const behaviours = await readBehaviours(dir, topology).catch(() => []);
    return { after, behaviours, problem: asError(error, exitCode.environment).describe() };
  } finally {
    rmSync(path.join(dir, spansFile), { force: true });
  }
}

/** The verdicts of a state. */
export function heldIn(
  { behaviours, problem }: ProvenState,
  ids: readonly string[],
): { id: string; verdict: Verdict }[] {
  const known = behaviours.map(({ id, verdict }) => ({ id, verdict }));
  const missing = ids.filter((id) => problem !== undefined && !known.some((one) => one.id === id));
  return [...known, ...missing.map((id) => ({ id, verdict: 'undetermined' as const }))];
}
