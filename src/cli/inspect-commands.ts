import { request } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import {
  damageOf,
  hasLivingOwner,
  isLive,
  listRuns,
  newRunId,
  readState,
  stateFile,
  takeLease,
} from '../run/run-folders.js';
import { damaged } from '../mesh/state-file.js';
import { collectGarbage, findGarbage, type GarbageOptions } from '../engine/garbage.js';
import { openChanges } from '../run/open-changes.js';
import { planWithoutSecrets } from '../plan/plan-secrets.js';
import { abandonedReports, removeAbandonedReports } from '../run/abandoned-reports.js';
import { describePlan } from './describe-plan.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { readTopology } from '../topology/parse-topology.js';
import { chooseEnvironment, planFor, readChosen } from '../engine/context.js';
import type { GlobalOptions } from './global-options.js';
import { asError } from './failure-text.js';
import { print } from './print.js';
import { discard } from '../engine/ownership.js';
import type { Progress } from './progress-display.js';
import { reportsFolder } from '../engine/report-paths.js';

/** `meshproof plan`: everything that would be made; nothing is. */
export async function planCommand(name: string, options: GlobalOptions, progress: Progress): Promise<ExitCode> {
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
  if (runId && !listRuns().includes(runId)) {
    throw new MeshproofError(`there is no run ${runId}`, exitCode.usage, {
      remedy: 'list what is there with: meshproof status',
    });
  }
  const runs = await Promise.all(
    (runId ? [runId] : listRuns()).map(async (id) => {
      const state = readState(id);
      const damage = damageOf(id);
      const owner = hasLivingOwner(id) ? 'in use' : isLive(id) ? 'kept' : 'abandoned';
      // a network that is gone answers as its clusters do: not at all
      if (state?.plan.docker.network) await joinNetwork(state.plan.docker.network).catch(() => {});
      const clusters = await Promise.all(
        (state?.clusters ?? []).map(async (cluster) => {
          const { name, apiServer, kubeconfig, eastWestAddress } = cluster;
          return { name, apiServer, kubeconfig, eastWestAddress, health: await healthOf(cluster) };
        }),
      );
      const changes = owner === 'in use' ? [] : openChanges(id);
      return {
        runId: id,
        topology: state?.plan.topology,
        phase: damage !== undefined ? 'damaged' : changes.length > 0 ? 'broken' : state?.phase,
        damage,
        openChanges: changes,
        owner,
        createdAt: state?.createdAt,
        clusters,
      };
    }),
  );
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

/** Whether an API server is ready, in words. */
async function healthOf(cluster: Target): Promise<string> {
  const answer = await request(cluster, { method: 'GET', path: '/readyz' }, { timeout: 5 }).catch(() => undefined);
  if (answer === undefined) return 'does not answer';
  return answer.status === 200 ? 'ready' : `answers HTTP ${answer.status} to /readyz`;
}

/** Removes the reports that dead processes were making, or only names them; a folder of them that cannot be read is noted. */
function unfinishedReports({ dryRun }: { dryRun?: boolean }, progress: Progress): string[] {
  try {
    return dryRun ? abandonedReports(reportsFolder()) : removeAbandonedReports(reportsFolder());
  } catch (error) {
    progress.note(`unfinished reports are left alone: ${asError(error, exitCode.environment).describe()}`);
    return [];
  }
}

/** `meshproof gc`: removes what no live run owns. */
export async function gcCommand(
  flags: GarbageOptions & { dryRun?: boolean },
  options: GlobalOptions,
  progress: Progress,
): Promise<ExitCode> {
  const garbage = await findGarbage(flags);
  if (!garbage.docker) progress.note('Docker does not answer: only runs on existing clusters are looked for');
  const remove = async (runId: string): Promise<void> => {
    try {
      takeLease(runId, { force: flags.force });
    } catch (error) {
      if (!(error instanceof MeshproofError)) throw error;
      // somebody has begun to use it since it was found
      garbage.runs = garbage.runs.filter((run) => run.runId !== runId);
      return progress.note(error.message);
    }
    await discard(runId, progress);
  };
  const reports = unfinishedReports(flags, progress);
  if (!flags.dryRun) await collectGarbage(garbage, remove);
  for (const { runId, stateRoot } of garbage.elsewhere)
    progress.note(
      `run ${runId} has its state in ${stateRoot} and is left alone; if it is dead: meshproof down ${runId}`,
    );
  for (const { runId, host } of garbage.unknown)
    progress.note(
      `run ${runId} is in use by a process on ${host} that cannot be looked for from here, and is left alone; if it is gone: meshproof gc --force`,
    );
  for (const { runId, file, problem } of garbage.damaged)
    progress.note(`${damaged(runId, file, problem).describe()}; it is left alone`);
  progress.stop();
  const lines = [
    ...garbage.runs.map(
      ({ runId, belongings }) =>
        `run ${runId}: ${[...belongings.containers, ...belongings.networks].join(', ') || 'state only'}`,
    ),
    ...garbage.images.map((image) => `node image ${image}`),
    ...reports.map((id) => `unfinished report ${id}`),
  ];
  const verb = flags.dryRun ? 'would remove' : 'removed';
  print(
    options,
    { ...garbage, reports },
    lines.length > 0 ? lines.map((line) => `${verb} ${line}`).join('\n') : 'nothing to remove',
  );
  return exitCode.passed;
}
