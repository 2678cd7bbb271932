import path from 'node:path';
import { endWorkAfter } from '../kernel/stop-reasons.js';
import { withReport } from '../run/report-folder.js';
import { releaseLease } from '../run/run-folders.js';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import { readBudgets } from '../scenario/read-budgets.js';
import { commandAct } from './command-act.js';
import { meshThatIsUp, reportIdOf, takeMesh } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import type { Progress } from './progress.js';
import { checkMachine } from './ready-machine.js';
import { reportPath, reportsFolder } from './report-paths.js';
import { reportChange } from './report-change.js';
import type { RunOutcome } from './run-report.js';

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
  const { runId: id, plan } = state;
  await takeMesh(state, progress);
  const stopClock = endWorkAfter(flags.maxTime);
  try {
    const programs = await checkMachine([plan], progress, { meshIsUp: true });
    return await withReport(reportsFolder(), reportIdOf(id, startedAt), async (report) => {
      progress.note(`run ${id}; report in ${reportPath(report.id)}`);
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
    });
  } finally {
    stopClock();
    releaseLease(id);
  }
}
