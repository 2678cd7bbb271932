import path from 'node:path';
import { collectEvidence } from '../evidence/collect-evidence.js';
import { interruption } from '../kernel/cancellation.js';
import { endWorkAfter, timeIsUp } from '../kernel/stop-reasons.js';
import { outcomeOf, type ChangeRecord } from '../record/change-record.js';
import { verdictOf, type TopologyRecord } from '../record/result.js';
import { withReport } from '../run/report-folder.js';
import { releaseLease } from '../run/run-folders.js';
import { phaseLengths, quickPhaseLengths } from '../scenario/play-options.js';
import { playUnderLoad } from '../scenario/play-under-load.js';
import { readBudgets } from '../scenario/read-budgets.js';
import { commandAct } from './command-act.js';
import { istioctlFor } from './istioctl-for.js';
import { meshThatIsUp, reportIdOf, takeMesh } from './kept-meshes.js';
import { learnSecretsOf } from './learn-secrets.js';
import type { Progress } from './progress.js';
import { checkMachine } from './ready-machine.js';
import { reportPath, reportsFolder } from './report-paths.js';
import { finishReport, type RunOutcome } from './run-report.js';
import { imagesThatRun, recordOfUnproven } from './topology-record.js';

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
  const budgets = readBudgets(flags.budgets);
  const state = meshThatIsUp(runId);
  const { runId: id, plan } = state;
  await takeMesh(state, progress);
  const stopClock = endWorkAfter(flags.maxTime);
  try {
    const programs = await checkMachine([plan], progress, { meshIsUp: true });
    return await withReport(reportsFolder(), reportIdOf(id, startedAt), async (report) => {
      progress.note(`run ${id}; report in ${reportPath(report.id)}`);
      const firstTiming = progress.timings.length;
      const notes = await learnSecretsOf(state);
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
      notes.push(...(await learnSecretsOf(state)));
      const topology = await recordOf(change, notes);
      topology.timings = progress.timings.slice(firstTiming);
      const input = {
        report,
        startedAt,
        plans: [plan],
        programs,
        topologies: [topology],
        failure: timeIsUp(),
        knownIssues: [],
      };
      return { ...(await finishReport(input, progress)), failure: input.failure };

      async function recordOf(change: ChangeRecord, notes: readonly string[]): Promise<TopologyRecord> {
        const unproven = recordOfUnproven(plan);
        const evidence =
          outcomeOf(change) === 'passed' || interruption.signal.aborted
            ? []
            : await progress.step('evidence', {}, () =>
                collectEvidence(state.clusters, report.dir, plan.topology, {
                  istioctlFor: istioctlFor(plan, programs),
                }),
              );
        return {
          ...unproven,
          images: await imagesThatRun(state.clusters),
          verdict: verdictOf({ ...unproven, changes: [change] }),
          notes: notes.length > 0 ? [...new Set(notes)] : undefined,
          changes: [change],
          evidence,
        };
      }
    });
  } finally {
    stopClock();
    releaseLease(id);
  }
}
