import path from 'node:path';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import { readBudgets } from '../scenario/read-budgets.js';
import { commandAct } from './command-act.js';
import { meshThatIsUp } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import type { Progress } from './progress.js';
import { reportChange } from './report-change.js';
import type { RunOutcome } from './run-report.js';
import { onMeshThatIsUp, withReportOf } from './use-mesh.js';

export interface GuardFlags {
  /** File of budgets; without one nothing may be lost. */
  budgets?: string;
  /** Short phases. */
  quick: boolean;
  /** Calls a second, instead of those that a calibration finds. */
  rate?: number;
  allowCommandFailure: boolean;
  maxTime?: number;
}

/** Runs a command of the user's while a mesh that is up is called, and says what was lost. The mesh is left as the command leaves it. */
export async function guardMesh(
  runId: string | undefined,
  command: readonly string[],
  flags: GuardFlags,
  progress: Progress,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const budgets = readBudgets(flags.budgets, ['command']);
  const state = meshThatIsUp(runId);
  return onMeshThatIsUp(state, flags, progress, (programs) =>
    withReportOf(state.runId, startedAt, progress, async (report) => {
      const firstTiming = progress.timings.length;
      const notes = new Set(await learnSecretsOf(state));
      const act = commandAct(command, state, path.join(report.dir, 'command.log'), progress);
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
      });
      change.command = { line: act.line, exitCode: act.exitCode(), allowed: flags.allowCommandFailure };
      for (const note of await learnSecretsOf(state)) notes.add(note);
      return reportChange({ mesh: state, programs, report, startedAt, firstTiming, notes, change }, progress);
    }),
  );
}
