import { chooseEnvironment, readChosen } from '../engine/choose-environment.js';
import { removeGarbage } from '../engine/collect-garbage.js';
import type { GarbageOptions } from '../engine/garbage.js';
import { planFor } from '../engine/plan-topology.js';
import { runStatus } from '../engine/run-status.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { planWithoutSecrets } from '../plan/plan-secrets.js';
import { newRunId, stateFile } from '../run/run-folders.js';
import { readTopology } from '../topology/parse-topology.js';
import { describePlan } from './describe-plan.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof plan`: everything that would be made; nothing is. */
export async function planCommand(name: string, options: GlobalOptions, progress: ProgressDisplay): Promise<ExitCode> {
  const topology = readTopology(name);
  const chosen = await chooseEnvironment(options, [topology]);
  progress.note(`environment ${chosen.name}: ${chosen.why}`);
  const environment = await readChosen(chosen.name, options);
  const plan = planWithoutSecrets(await planFor(topology, environment, newRunId()));
  print(options, plan, describePlan(plan));
  return exitCode.passed;
}

/** `meshproof status`: every run that is there, and whether its clusters answer. */
export async function statusCommand(runId: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const runs = await runStatus(runId);
  const lines = runs.flatMap((run) => [
    `${run.runId}  ${run.topology ?? 'unknown topology'}  ${run.phase ?? 'no state'}, ${run.owner}${run.createdAt ? `, since ${run.createdAt}` : ''}`,
    ...(run.damage === undefined ? [] : [`  ${stateFile(run.runId)}: ${run.damage}`]),
    ...run.openChanges.map(({ by, what }) => `  not undone: ${by}: ${what}`),
    ...run.clusters.map(
      (c) =>
        `  ${c.name}  ${c.health}  ${c.apiServer}${c.eastWestAddress ? `  east-west ${c.eastWestAddress}` : ''}\n    kubectl --kubeconfig ${c.kubeconfig}`,
    ),
  ]);
  print(options, runs, lines.length > 0 ? lines.join('\n') : 'no runs');
  return exitCode.passed;
}

/** `meshproof gc`: removes what no live run owns. */
export async function gcCommand(
  flags: GarbageOptions & { dryRun?: boolean },
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const garbage = await removeGarbage(flags, progress);
  progress.stop();
  const lines = [
    ...garbage.runs.map(
      ({ runId, belongings }) =>
        `run ${runId}: ${[...belongings.containers, ...belongings.networks].join(', ') || 'state only'}`,
    ),
    ...garbage.images.map((image) => `node image ${image}`),
    ...garbage.reports.map((id) => `unfinished report ${id}`),
  ];
  const verb = flags.dryRun ? 'would remove' : 'removed';
  print(options, garbage, lines.length > 0 ? lines.map((line) => `${verb} ${line}`).join('\n') : 'nothing to remove');
  return exitCode.passed;
}
