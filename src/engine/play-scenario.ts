import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { makePlan } from '../plan/make-plan.js';
import type { ReportFolder } from '../run/report-folder.js';
import { noteChange } from '../run/open-changes.js';
import { newRunId } from '../run/run-folders.js';
import { noLoss, type Budgets } from '../scenario/budgets.js';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import { readBudgets } from '../scenario/read-budgets.js';
import { asBefore } from '../scenario/scenario-acts.js';
import type { Act, Scenario } from '../scenario/scenario.js';
import { StandingChanges } from '../scenario/standing-changes.js';
import { upgradeProfile } from '../scenario/upgrade/upgrade-profile.js';
import type { Programs } from '../supply/program-paths.js';
import type { Plan } from '../topology/plan-types.js';
import { readTopologies } from '../topology/read-topologies.js';
import { chooseEnvironment, readChosen } from './choose-environment.js';
import { refuseUnplayable } from './choose-scenario.js';
import type { EnvironmentOptions } from './engine-options.js';
import { heldAgain } from './held-again.js';
import { meshThatIsUp } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import { makeMesh } from './make-mesh.js';
import type { Agree, Progress } from './progress.js';
import { heldIn, proveState, type ProvenState } from './prove-state.js';
import { reportChange } from './report-change.js';
import type { RunOutcome } from './run-report.js';
import { onMeshThatIsUp, onNewMesh, withReportOf } from './use-mesh.js';

/** How a scenario is played. */
export interface ScenarioFlags {
  /** File of what may be lost, instead of the scenario's own budgets. */
  budgets?: string;
  /** Short phases around the acts; the acts last as long as ever. */
  quick: boolean;
  /** Calls a second, instead of those that a calibration finds. */
  rate?: number;
  maxTime?: number;
}

/** Builds a mesh, plays a scenario on it, reports and removes it, unless it is to be kept. */
export async function scenarioOnTopology(
  scenario: Scenario,
  name: string,
  flags: ScenarioFlags,
  options: EnvironmentOptions & { keep?: boolean },
  progress: Progress,
  agree: Agree,
): Promise<RunOutcome> {
  const startedAt = new Date();
  // what cannot be played, and a file that is wrong, are refused before anything is made
  const [topology] = readTopologies([name]);
  const { name: environment } = await chooseEnvironment(options, [topology!]);
  const plan = makePlan(topology!, await readChosen(environment, options), { runId: newRunId() });
  refuseUnplayable(scenario, plan);
  budgetsOf(scenario, plan, flags);
  const own = { replaceMesh: false, allowDisruptive: false, long: false };
  return onNewMesh(
    () => makeMesh(name, own, options, progress, agree),
    { maxTime: flags.maxTime, keep: options.keep },
    progress,
    ({ state, programs }) => play(scenario, state, flags, { programs, startedAt }, progress),
  );
}

/** The same on a mesh that is up, which stays. */
export async function scenarioOnRun(
  scenario: Scenario,
  runId: string,
  flags: ScenarioFlags,
  progress: Progress,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const state = meshThatIsUp(runId);
  refuseUnplayable(scenario, state.plan);
  budgetsOf(scenario, state.plan, flags);
  return onMeshThatIsUp(state, flags, progress, (programs) =>
    play(scenario, state, flags, { programs, startedAt }, progress),
  );
}

/** Its acts, and the one that leaves the mesh as it was. */
function actsOf(scenario: Scenario, plan: Plan, changes: StandingChanges): Act[] {
  return [...scenario.acts(plan, changes), asBefore(changes)];
}

/** The scenario's own budgets, or those of a file. Throws (exit 2) where the file is wrong. */
function budgetsOf(scenario: Scenario, plan: Plan, { budgets: file }: ScenarioFlags): Budgets {
  if (file === undefined) return scenario.budgets?.(plan) ?? noLoss;
  return readBudgets(
    file,
    actsOf(scenario, plan, new StandingChanges()).map(({ id }) => id),
  );
}

interface Given {
  programs: Programs;
  startedAt: Date;
}

function play(
  scenario: Scenario,
  state: MeshState,
  flags: ScenarioFlags,
  given: Given,
  progress: Progress,
): Promise<RunOutcome> {
  return withReportOf(state.runId, given.startedAt, progress, (report) =>
    playInto(report, scenario, state, flags, given, progress),
  );
}

async function playInto(
  report: ReportFolder,
  scenario: Scenario,
  state: MeshState,
  flags: ScenarioFlags,
  { programs, startedAt }: Given,
  progress: Progress,
): Promise<RunOutcome> {
  const { runId, plan } = state;
  const { id, title, shared } = scenario;
  const firstTiming = progress.timings.length;
  const notes = new Set(await learnSecretsOf(state));
  const proof = { ids: upgradeProfile, programs, dir: report.dir, progress };
  const before = await proveState(state, 'before', proof);
  let after: ProvenState | undefined;
  const changes = new StandingChanges((what) => noteChange(runId, `scenario ${id}`, what));
  let left: string | undefined;
  const takeBack = (): Promise<void> =>
    changes.takeBackAll().then(
      () => void (left = undefined),
      (error: Error) => void (left = error.message),
    );
  const played = playUnderLoad({
    id,
    title,
    mesh: state,
    programs,
    acts: actsOf(scenario, plan, changes),
    steps: progress,
    folder: report.dir,
    budgets: budgetsOf(scenario, plan, flags),
    phases: flags.quick ? quickPhaseLengths : phaseLengths,
    perSecond: flags.rate,
    away: scenario.away?.(plan),
    shared,
    takeBack,
    async prove(act, mesh) {
      after = await proveState(mesh, act.id, proof);
      return heldIn(after, upgradeProfile);
    },
  });
  const { mesh, record: change } = await played.finally(async () => {
    await takeBack();
    // also where an interrupt leaves no report
    if (left !== undefined) progress.note(left);
  });
  for (const note of await learnSecretsOf(mesh)) notes.add(note);
  const behaviour = {
    id,
    title: `${title}; the mesh is complete again`,
    area: 'change',
    topology: plan.topology,
    flaky: false,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    attachments: [],
    measurements: {},
  };
  const replay = (one: string): string =>
    `meshproof scenario ${id} ${plan.topology} --keep, then: meshproof test --only ${one}`;
  const failed = change.acts.find(({ outcome }) => outcome === 'failed');
  const complete = after
    ? heldAgain(behaviour, before, after, replay)
    : {
        ...behaviour,
        verdict: 'undetermined' as const,
        failures: [],
        reason: `act ${failed?.id ?? 'none'} failed, and what came after it was not played`,
      };
  const problem =
    left === undefined
      ? undefined
      : new MeshproofError(left, exitCode.environment, {
          expected: 'a mesh that is as it was before the scenario',
          remedy: `remove it and make another: meshproof down ${runId}, then meshproof up ${plan.topology}`,
        });
  return reportChange(
    { mesh, programs, report, startedAt, firstTiming, notes, change, behaviours: [complete], problem },
    progress,
  );
}
