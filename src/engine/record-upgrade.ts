import type { MeshState } from '../mesh/mesh-state.js';
import type { ReportFolder } from '../run/report-folder.js';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { readBudgets } from '../scenario/read-budgets.js';
import type { Act } from '../scenario/scenario.js';
import { upgradeActs } from '../scenario/upgrade/upgrade-acts.js';
import { upgradeProfile } from '../scenario/upgrade/upgrade-profile.js';
import { readUpgrade } from '../scenario/upgrade/upgrade-progress.js';
import type { Programs } from '../supply/program-paths.js';
import { learnSecretsOf } from './learn-secrets.js';
import { playUpgrade } from './play-upgrade.js';
import type { Progress } from './progress.js';
import { heldIn, proveState, type ProvenState } from './prove-state.js';
import { reportChange } from './report-change.js';
import type { RunOutcome } from './run-report.js';
import { imagesThatRun } from './topology-record.js';
import { upgradeBehaviours } from './upgrade-behaviours.js';

/** How an upgrade is watched. */
export interface UpgradeFlags {
  /** False: nothing is called meanwhile. */
  load: boolean;
  /** Every behaviour is proven after each act, without load: some of them change the whole mesh for a moment. */
  thorough: boolean;
  /** Short phases around the change. */
  quick: boolean;
  /** File of what may be lost. */
  budgets?: string;
  /** Calls a second, instead of those that a calibration finds. */
  rate?: number;
}

/** Plays acts on a mesh, proves what must hold after each, and writes the report. */
export async function recordUpgrade(
  state: MeshState,
  acts: readonly Act[],
  flags: UpgradeFlags,
  given: { programs: Programs; startedAt: Date; back: boolean; report: ReportFolder },
  progress: Progress,
): Promise<RunOutcome> {
  const { programs, startedAt, back, report } = given;
  const { runId, plan } = state;
  const { upgrade } = readUpgrade(runId)!;
  const all = upgradeActs(upgrade, plan).map(({ id }) => id);
  const budgets = readBudgets(flags.budgets, all);
  const firstTiming = progress.timings.length;
  const notes = new Set(await learnSecretsOf(state));
  const ids = flags.thorough ? undefined : upgradeProfile;
  const proof = { ids, programs, dir: report.dir, progress };
  const imagesBefore = await imagesThatRun(state.clusters);
  const before = await proveState(state, 'before', proof);
  const states: ProvenState[] = [];
  const load = flags.load && !flags.thorough;
  const { from, to, strategy } = upgrade;
  const direction = back ? `back from ${to} to ${from}` : `from ${from} to ${to}`;
  const played = await playUpgrade(
    {
      id: back ? 'UPG-4' : strategy === 'canary' ? 'UPG-1' : 'UPG-3',
      title: `${strategy} of Istio ${direction}`,
      mesh: state,
      programs,
      acts,
      steps: progress,
      folder: report.dir,
      budgets,
      phases: flags.quick ? quickPhaseLengths : phaseLengths,
      perSecond: flags.rate,
      async prove(act, mesh) {
        const proven = await proveState(mesh, act.id, proof);
        states.push(proven);
        return heldIn(proven, ids ?? []);
      },
    },
    { load, back },
  );
  const { mesh, change, problem } = played;
  for (const note of await learnSecretsOf(mesh)) notes.add(note);
  const now = readUpgrade(runId)!;
  const whole = problem === undefined && now.done.length === (back ? 0 : all.length);
  const behaviours = upgradeBehaviours({
    topology: plan.topology,
    upgrade,
    startedAt,
    before,
    states,
    whole,
    imagesBefore,
  });
  return reportChange({ mesh, programs, report, startedAt, firstTiming, notes, change, behaviours, problem }, progress);
}
