import { availableParallelism, freemem } from 'node:os';
import { makePlan } from '../plan/make-plan.js';
import { newRunId } from '../run/run-folders.js';
import type { Environment } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import type { Topology } from '../topology/topology-types.js';
import type { Lane } from './lanes.js';
import { planFor } from './plan-topology.js';
import type { Progress } from './progress.js';

/** A cluster with mesh and samples takes 1.0 to 1.1 GiB here; what is planned with, and what is left to the machine. */
const clusterMemory = 1.3 * 1024 ** 3;
const spareMemory = 2 * 1024 ** 3;

/** Shares the topologies out; each lane has a run id, and so names, ranges and a Docker network, of its own. */
export async function planLanes(
  topologies: readonly Topology[],
  environment: Environment,
  count: number,
): Promise<Lane[]> {
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
export function lanesThatFit(topologies: readonly Topology[], asked: number, progress: Progress): number {
  const wanted = Math.min(asked, topologies.length);
  if (wanted === 1) return 1;
  const sizes = topologies.map((topology) => topology.clusters.length * clusterMemory).sort((a, b) => b - a);
  const free = freemem() - spareMemory;
  let fitting = 0;
  for (let used = 0; fitting < wanted && used + sizes[fitting]! <= free; fitting++) used += sizes[fitting]!;
  const lanes = Math.max(1, fitting);
  if (lanes < wanted)
    progress.note(`${lanes} topologies in parallel instead of ${wanted}, because the memory allows no more`);
  const processors = availableParallelism();
  if (lanes > 1 && processors < 2 * lanes) {
    progress.note(
      `${lanes} topologies in parallel are not faster than one after the other on ${processors} processors`,
    );
  }
  return lanes;
}
