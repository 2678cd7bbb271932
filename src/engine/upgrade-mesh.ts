import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { actsToDo, actsToUndo } from '../scenario/upgrade/remaining-acts.js';
import { upgradeActs } from '../scenario/upgrade/upgrade-acts.js';
import { readUpgrade, writeUpgrade, type UpgradeProgress } from '../scenario/upgrade/upgrade-progress.js';
import type { Act } from '../scenario/scenario.js';
import type { Programs } from '../supply/program-paths.js';
import type { EnvironmentOptions } from './engine-options.js';
import { giveImages } from './give-images.js';
import { meshThatIsUp, upgradeChange } from './kept-meshes.js';
import { makeMesh } from './make-mesh.js';
import { planUpgrade, planUpgradeOf, type VersionsAsked } from './plan-upgrade.js';
import type { Agree, Progress } from './progress.js';
import type { RunOutcome } from './run-report.js';
import { recordUpgrade, type UpgradeFlags } from './record-upgrade.js';
import { onMeshThatIsUp, onNewMesh, withReportOf } from './use-mesh.js';

/** What an upgrade is asked, beside the versions. */
export interface UpgradeRun extends UpgradeFlags, Omit<VersionsAsked, 'from' | 'to'> {
  from?: string;
  to?: string;
  /** Id of the act that it ends with. */
  until?: string;
  /** Goes on with the upgrade of a mesh that is up. */
  resume: boolean;
  /** Takes back the upgrade of a mesh that is up. */
  rollback: boolean;
  maxTime?: number;
}

/** Builds a mesh, upgrades it under load, reports and removes it, unless the user keeps it. */
export async function upgradeTopology(
  name: string,
  run: UpgradeRun,
  options: EnvironmentOptions & { keep?: boolean },
  progress: Progress,
  agree: Agree,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const { upgrade, plan } = await planUpgrade(name, versionsOf(run), options);
  // an act that is not there is refused before anything is made
  actsToDo(upgradeActs(upgrade, plan), { done: [] }, run.until);
  const coming = upgrade.clusters.map(({ after }) => after);
  const flags = { replaceMesh: false, allowDisruptive: false, long: false };
  const asked = { ...options, istio: versionsOf(run).from, moreIstio: [upgrade.to] };
  return onNewMesh(
    () => makeMesh(name, flags, asked, progress, agree, (plan) => ({ ...plan, coming })),
    { maxTime: run.maxTime, keep: options.keep },
    progress,
    async ({ state, programs }) => {
      const upgradeNow: UpgradeProgress = { version: 1, upgrade, done: [] };
      writeUpgrade(state.runId, upgradeNow);
      const acts = actsToDo(upgradeActs(upgrade, state.plan), upgradeNow, run.until);
      return play(state, acts, run, { programs, startedAt, back: false }, progress);
    },
  );
}

/** The same on a mesh that is up, which stays: begins an upgrade, goes on with it, or takes it back. */
export async function upgradeRun(
  runId: string,
  run: UpgradeRun,
  options: EnvironmentOptions,
  progress: Progress,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const state = meshThatIsUp(runId);
  const before = readUpgrade(runId);
  const begun = await upgradeToPlay(state, before, run, options);
  const acts = upgradeActs(begun.upgrade, state.plan);
  const chosen = run.rollback ? actsToUndo(acts, begun, run.until) : actsToDo(acts, begun, run.until);
  if (chosen.length === 0) throw nothing(run);
  const plan = { ...state.plan, coming: begun.upgrade.clusters.flatMap(({ before, after }) => [before, after]) };
  const use = { maxTime: run.maxTime, plan, ...(before && { despite: upgradeChange }) };
  return onMeshThatIsUp(state, use, progress, async (programs) => {
    if (begun !== before) await giveImages(plan, state.clusters, progress);
    writeUpgrade(runId, begun);
    return play(state, chosen, run, { programs, startedAt, back: run.rollback }, progress);
  });
}

/** The upgrade that was begun, where it is to go on; else a new one. Throws (exit 2) where the one stands in the way of the other. */
async function upgradeToPlay(
  state: MeshState,
  before: UpgradeProgress | undefined,
  run: UpgradeRun,
  options: EnvironmentOptions,
): Promise<UpgradeProgress> {
  const { runId, plan } = state;
  if (run.resume || run.rollback) {
    if (before) return before;
    throw new MeshproofError(`run ${runId} has no upgrade`, exitCode.usage, {
      remedy: `start one: meshproof upgrade --run ${runId}`,
    });
  }
  const begun = before !== undefined && (before.underWay !== undefined || before.done.length > 0);
  if (begun && before.done.length < upgradeActs(before.upgrade, plan).length) {
    const last = before.done.at(-1) ?? 'none';
    throw new MeshproofError(`the upgrade of run ${runId} is unfinished; last completed act: ${last}`, exitCode.usage, {
      expected: 'a mesh whose upgrade is complete, or was rolled back',
      remedy: 'add --resume or --rollback',
    });
  }
  const upgrade = await planUpgradeOf(state, { ...run, to: versionsOf(run).to }, options);
  return { version: 1, upgrade, done: [] };
}

function play(
  state: MeshState,
  acts: readonly Act[],
  run: UpgradeRun,
  { programs, startedAt, back }: { programs: Programs; startedAt: Date; back: boolean },
  progress: Progress,
): Promise<RunOutcome> {
  return withReportOf(state.runId, startedAt, progress, (report) =>
    recordUpgrade(state, acts, run, { programs, startedAt, back, report }, progress),
  );
}

function versionsOf(run: UpgradeRun): VersionsAsked {
  return { strategy: run.strategy, order: run.order, from: run.from ?? 'previous', to: run.to ?? 'newest' };
}

function nothing({ rollback }: UpgradeRun): MeshproofError {
  const message = rollback ? 'the upgrade has nothing to roll back' : 'all acts of the upgrade are done';
  return new MeshproofError(message, exitCode.usage, { remedy: 'list the running meshes: meshproof status' });
}
