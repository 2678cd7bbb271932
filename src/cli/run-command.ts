import { availableParallelism, freemem } from 'node:os';
import { newRunId } from '../run/run-folders.js';
import { withReport } from '../run/report-folder.js';
import type { TopologyRecord } from '../record/result.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { makePlan } from '../plan/make-plan.js';
import type { Environment, Plan, Topology } from '../topology/types.js';
import { checkMachine, openEnvironment, planFor, type Programs } from '../engine/context.js';
import { settleAll } from '../kernel/cancellation.js';
import { asError, failureText } from './failure-text.js';
import { proveInTurn, type Lane } from '../engine/lanes.js';
import type { RunOptions } from './global-options.js';
import type { Progress } from './progress-display.js';
import { finish } from '../engine/run-report.js';
import { reportsFolder } from '../engine/report-paths.js';
import { readSelection } from '../engine/run-suites.js';
import { readTopologies } from '../topology/read-topologies.js';
import { recordOfUnproven } from '../engine/topology-run.js';

/** A cluster with mesh and samples takes 1.0 to 1.1 GiB here; what is planned with, and what is left to the machine. */
const clusterMemory = 1.3 * 1024 ** 3;
const spareMemory = 2 * 1024 ** 3;

/** `meshproof run`: from topology files to a report; everything that was made is removed again, unless it is to be kept. */
export async function runCommand(
  names: readonly string[],
  args: readonly string[],
  options: RunOptions,
  progress: Progress,
): Promise<ExitCode> {
  const startedAt = new Date();
  const topologies = readTopologies(names);
  const selection = await readSelection(options, args);
  const environment = await openEnvironment(options, topologies, progress);
  const lanes = await planLanes(topologies, environment, lanesThatFit(topologies, options.parallel, progress));
  const plans = lanes.flatMap((lane) => lane.plans);
  if (lanes.length > 1 && options.keep) {
    throw new MeshproofError('--keep keeps one mesh, and --parallel makes several', exitCode.usage);
  }
  oneIstio(plans);
  let programs!: Programs;
  // kind comes last: what existing clusters need is among what it needs
  for (const provider of [...new Set(plans.map((plan) => plan.provider))].sort())
    programs = await checkMachine(
      plans.filter((plan) => plan.provider === provider),
      progress,
    );
  const runId = plans[0]!.runId;
  return withReport(reportsFolder(), runId, async (report) => {
    progress.note(`run ${runId}; report in reports/${runId}`);
    const records: TopologyRecord[] = [];
    const shared = { ...options, lanes: lanes.length };
    const proven = settleAll(
      lanes.map((lane) =>
        progress.apart(() => proveInTurn(lane, report.dir, selection, programs, shared, progress, records)),
      ),
    );
    const failure = await proven.then(
      () => undefined,
      (error: unknown) => asError(error, exitCode.environment),
    );
    if (failure && records.length === 0) throw failure;
    // what was proven before it is not lost, nor is what was not
    const missing = plans.filter(({ topology }) => !records.some(({ name }) => name === topology));
    if (failure) records.push(...missing.map((plan) => recordOfUnproven(plan, failure)));
    const order = topologies.map((topology) => topology.name);
    records.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const input = { report, startedAt, plan: plans[0]!, programs, topologies: records, failure };
    const code = await finish(input, options, progress);
    if (failure) process.stderr.write(`${failureText(failure, options.debug)}\n`);
    return code;
  });
}

/** Throws (exit 2) when topologies ask for different versions of Istio: one istioctl installs and asks them all. */
function oneIstio(plans: readonly Plan[]): void {
  const other = plans.find(({ istio }) => istio.version !== plans[0]!.istio.version);
  if (!other) return;
  const asked = [plans[0]!, other].map(({ topology, istio }) => `${topology} for ${istio.version}`).join(', ');
  throw new MeshproofError(`one run is of one version of Istio: ${asked}`, exitCode.usage, {
    where: other.topologyFile,
    remedy: 'run each version by itself',
  });
}

/** Shares the topologies out; each lane has a run id, and so names, ranges and a Docker network, of its own. */
async function planLanes(topologies: readonly Topology[], environment: Environment, count: number): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (let lane = 0; lane < count; lane++) {
    const own = topologies.filter((_, i) => i % count === lane);
    const runId = newRunId();
    const again = (): Promise<Plan[]> => planLane(own, environment, runId);
    const taken = lanes.flatMap(({ plans }) => plans.map((plan) => plan.docker.subnet)).filter(Boolean);
    lanes.push({ plans: await planLane(own, environment, runId, taken), again });
  }
  return lanes;
}

/** Plans of one run; those of kind share its Docker network, unless a topology asks for a network of its own. */
async function planLane(
  topologies: readonly Topology[],
  environment: Environment,
  runId: string,
  taken: readonly string[] = [],
): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const topology of topologies) {
    const subnet = plans.map((plan) => plan.docker.subnet).find(Boolean);
    plans.push(
      subnet === undefined
        ? await planFor(topology, environment, runId, taken)
        : makePlan(topology, environment, { runId, subnet }),
    );
  }
  return plans;
}

/** As many lanes as were asked for, but no more than fit into the memory that is free now. */
function lanesThatFit(topologies: readonly Topology[], asked: number, progress: Progress): number {
  const wanted = Math.min(asked, topologies.length);
  if (wanted === 1) return 1;
  const sizes = topologies.map((topology) => topology.clusters.length * clusterMemory).sort((a, b) => b - a);
  const free = freemem() - spareMemory;
  let fitting = 0;
  for (let used = 0; fitting < wanted && used + sizes[fitting]! <= free; fitting++) used += sizes[fitting]!;
  const lanes = Math.max(1, fitting);
  if (lanes < wanted) progress.note(`${lanes} topologies side by side instead of ${wanted}: the memory allows no more`);
  const processors = availableParallelism();
  if (lanes > 1 && processors < 2 * lanes) {
    progress.note(
      `${lanes} topologies side by side take no less time than one after the other on ${processors} processors`,
    );
  }
  return lanes;
}
