import { asError } from '../kernel/as-error.js';
import { settleAll } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { endWorkAfter, timeIsUp } from '../kernel/stop-reasons.js';
import type { TopologyRecord } from '../record/result.js';
import { withReport } from '../run/report-folder.js';
import { readTopologies } from '../topology/read-topologies.js';
import { openEnvironment } from './choose-environment.js';
import type { RunOptions } from './engine-options.js';
import { proveInTurn } from './lanes.js';
import type { Agree, Progress } from './progress.js';
import type { Programs } from '../supply/program-paths.js';
import { checkMachine } from './ready-machine.js';
import { reportPath, reportsFolder } from './report-paths.js';
import { finishReport, type RunOutcome } from './run-report.js';
import { readKnownIssues } from './read-known-issues.js';
import { readSelection } from './run-suites.js';
import { lanesThatFit, planLanes } from './share-lanes.js';
import { recordOfUnproven } from './topology-record.js';

/**
 * From topology files to a report. Removes everything that it created, unless the user keeps it. `args` are
 * Playwright's. Throws if nothing was proven.
 */
export async function runTopologies(
  names: readonly string[],
  args: readonly string[],
  options: RunOptions,
  progress: Progress,
  agree: Agree,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const topologies = readTopologies(names);
  const selection = await readSelection(options, args);
  const knownIssues = await readKnownIssues(options.knownIssues);
  const stopClock = endWorkAfter(options.maxTime);
  const environment = await openEnvironment(options, topologies, progress, agree);
  const lanes = await planLanes(topologies, environment, lanesThatFit(topologies, options.parallel, progress));
  const plans = lanes.flatMap((lane) => lane.plans);
  if (lanes.length > 1 && options.keep) {
    throw new MeshproofError('--keep keeps one mesh, but --parallel creates several', exitCode.usage);
  }
  let programs: Programs | undefined;
  // kind comes last: what existing clusters need is among what it needs
  for (const provider of [...new Set(plans.map((plan) => plan.provider))].sort()) {
    const own = plans.filter((plan) => plan.provider === provider);
    const found = await checkMachine(own, progress);
    programs = { ...programs, ...found, istioctl: { ...programs?.istioctl, ...found.istioctl } };
  }
  const ready = programs!;
  const runId = plans[0]!.runId;
  return withReport(reportsFolder(), runId, async (report) => {
    progress.note(`run ${runId}; report in ${reportPath(runId)}`);
    const records: TopologyRecord[] = [];
    const shared = { ...options, lanes: lanes.length };
    const proven = settleAll(
      lanes.map((lane) =>
        progress.apart(() => proveInTurn(lane, report.dir, selection, ready, shared, progress, records)),
      ),
    );
    const failure = await proven.then(timeIsUp, (error: unknown) => asError(error, exitCode.environment));
    stopClock();
    if (failure && records.length === 0) throw failure;
    // what was proven before it is not lost, nor is what was not
    const missing = plans.filter(({ topology }) => !records.some(({ name }) => name === topology));
    if (failure) records.push(...missing.map((plan) => recordOfUnproven(plan, failure)));
    const order = topologies.map((topology) => topology.name);
    records.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const input = { report, startedAt, plans, programs: ready, topologies: records, failure, knownIssues };
    return { ...(await finishReport(input, progress)), failure };
  });
}
