import path from 'node:path';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ReportFolder } from '../run/report-folder.js';
import type { Budgets } from '../scenario/budgets.js';
import { findOwnCalls } from '../scenario/own-calls.js';
import { parseOwnPath, type OwnPath } from '../scenario/own-path.js';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import { readBudgets } from '../scenario/read-budgets.js';
import type { Programs } from '../supply/program-paths.js';
import { commandAct } from './command-act.js';
import type { EnvironmentOptions } from './engine-options.js';
import { istioctlOnPath } from './istioctl-for.js';
import { meshThatIsUp } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import type { Progress } from './progress.js';
import { reportChange } from './report-change.js';
import type { RunOutcome } from './run-report.js';
import { onFoundMesh, type MeshByContexts, type UsedMesh } from './use-found-mesh.js';
import { onMeshThatIsUp, withReportOf } from './use-mesh.js';

export interface GuardFlags {
  /** File of budgets; without one nothing may be lost. */
  budgets?: string;
  /** Short phases. */
  quick: boolean;
  /** Calls a second, instead of those that a calibration finds. */
  rate?: number;
  /** Calls of the user's own, each `[workload.namespace@]cluster=service.namespace:port`. */
  path: readonly string[];
  /** Whether the load is also called through ingress gateways of its own; default: on meshes of runs alone. */
  ingress?: boolean;
  /** Whether checks before and after are compared. */
  checks: boolean;
  allowCommandFailure: boolean;
  maxTime?: number;
}

/** What is guarded: a run, or any mesh by a context for each cluster. */
export interface GuardTarget extends MeshByContexts {
  run?: string;
}

/** A mesh that is up, and what is known of it: of that of a run nothing more. */
interface Guarded extends Partial<UsedMesh> {
  state: MeshState;
  programs: Programs;
}

/** Runs a command of the user's while a mesh that is up is called, and says what was lost. The mesh is left as the command leaves it. */
export async function guardMesh(
  target: GuardTarget,
  command: readonly string[],
  flags: GuardFlags,
  environment: EnvironmentOptions,
  progress: Progress,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const budgets = readBudgets(flags.budgets, ['command'], flags.path);
  const parsed = (clusters: readonly string[]) => [...new Set(flags.path)].map((text) => parseOwnPath(text, clusters));
  const guarding = (paths: readonly OwnPath[], mesh: Guarded): Promise<RunOutcome> =>
    withReportOf(mesh.state.runId, startedAt, progress, (report) =>
      guardInto(report, mesh, { command, flags, budgets, paths, startedAt }, progress),
    );
  if (target.contexts.length === 0) {
    const state = meshThatIsUp(target.run);
    const paths = parsed(state.clusters.flatMap(({ name, context }) => [name, ...(context ? [context] : [])]));
    return onMeshThatIsUp(state, flags, progress, (programs) => guarding(paths, { state, programs }));
  }
  const paths = parsed(target.contexts);
  const asked = paths.map(({ called }) => called);
  // nothing is installed, and evidence asks the istioctl that is there
  const programs = { kind: 'kind', istioctl: { found: 'istioctl' } };
  return onFoundMesh(target, { maxTime: flags.maxTime, asked, environment }, progress, (mesh) =>
    guarding(paths, { ...mesh, programs }),
  );
}

interface Work {
  command: readonly string[];
  flags: GuardFlags;
  budgets: Budgets;
  paths: readonly OwnPath[];
  startedAt: Date;
}

async function guardInto(
  report: ReportFolder,
  { state, programs, look, seen, notes: known = [] }: Guarded,
  { command, flags, budgets, paths, startedAt }: Work,
  progress: Progress,
): Promise<RunOutcome> {
  const firstTiming = progress.timings.length;
  const notes = new Set([...known, ...(await learnSecretsOf(state, look?.namespaces))]);
  const own = await findOwnCalls(state, paths, look);
  const told = { clusters: state.clusters, ...(look === undefined && { runId: state.runId }) };
  const act = commandAct(command, told, path.join(report.dir, 'command.log'), progress);
  const { record: change } = await playUnderLoad({
    id: 'guard',
    title: `running your command: ${act.line}`,
    mesh: state,
    programs,
    acts: [act],
    steps: progress,
    folder: report.dir,
    budgets,
    phases: flags.quick ? quickPhaseLengths : phaseLengths,
    perSecond: flags.rate,
    compare: flags.checks,
    // a load balancer of somebody's cloud is public, and costs
    ingress: flags.ingress ?? look === undefined,
    own,
    seen,
  });
  change.command = { line: act.line, exitCode: act.exitCode(), allowed: flags.allowCommandFailure };
  for (const note of await learnSecretsOf(state, look?.namespaces)) notes.add(note);
  const namespaces = look?.namespaces && [...look.namespaces];
  const evidence = look && { namespaces, istioctlFor: istioctlOnPath };
  return reportChange({ mesh: state, programs, report, startedAt, firstTiming, notes, change, evidence }, progress);
}
