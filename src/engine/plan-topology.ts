import { hostRoutes, usedSubnets } from '../kernel/used-subnets.js';
import { makePlan } from '../plan/make-plan.js';
import type { Environment } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import type { Topology } from '../topology/topology-types.js';

/** The plan of a topology on this machine: its Docker networks and routes are asked for, nothing is made. */
export async function planFor(
  topology: Topology,
  environment: Environment,
  runId: string,
  taken: readonly string[] = [],
): Promise<Plan> {
  if (topology.provider !== 'kind') return makePlan(topology, environment, { runId });
  // without Docker there are no networks, and a run is refused by its preflight
  const [used, routes] = await Promise.all([usedSubnets().catch(() => []), hostRoutes()]);
  const routed = routes.map(({ cidr }) => cidr);
  return makePlan(topology, environment, { runId, usedSubnets: [...used, ...taken], routed });
}
