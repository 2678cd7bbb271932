import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { makePlan } from '../plan/make-plan.js';
import { newRunId } from '../run/run-folders.js';
import { defineUpgrade, type UpgradeRequest } from '../scenario/upgrade/define-upgrade.js';
import type { Upgrade } from '../scenario/upgrade/upgrade.js';
import type { Plan } from '../topology/plan-types.js';
import { readTopologies } from '../topology/read-topologies.js';
import { chooseEnvironment, readChosen } from './choose-environment.js';
import type { EnvironmentOptions } from './engine-options.js';

/** Which versions an upgrade leads from and to, as a user asks for them. */
export interface VersionsAsked extends UpgradeRequest {
  from: string;
  to: string;
}

/** An upgrade of a topology, and the plan of the mesh that it begins with; no address of it is claimed yet. */
export interface PlannedUpgrade {
  upgrade: Upgrade;
  plan: Plan;
  environment: string;
}

/** What an upgrade of a topology would be: nothing is made. Throws (exit 2) for one that is not supported. */
export async function planUpgrade(
  name: string,
  asked: VersionsAsked,
  options: EnvironmentOptions,
): Promise<PlannedUpgrade> {
  const [topology] = readTopologies([name]);
  if (topology!.attach)
    throw new MeshproofError(
      `topology ${topology!.name} attaches to a mesh that meshproof did not install`,
      exitCode.usage,
      {
        expected: 'a mesh that meshproof installs: it upgrades only its own installations',
        remedy: 'measure your own upgrade: meshproof guard -- <your command>',
      },
    );
  const { name: environment } = await chooseEnvironment(options, [topology!]);
  const runId = newRunId();
  const inVersion = async (istio: string): Promise<Plan> =>
    makePlan(topology!, await readChosen(environment, { ...options, istio }), { runId });
  const [plan, target] = await Promise.all([inVersion(asked.from), inVersion(asked.to)]);
  return { upgrade: defineUpgrade(plan, target, asked), plan, environment };
}

/**
 * The same for a running mesh. Throws (exit 2) if the text of its topology has changed since its creation, or if its
 * version is not the requested one.
 */
export async function planUpgradeOf(
  { plan, runId }: MeshState,
  asked: Omit<VersionsAsked, 'from'> & { from?: string },
  options: EnvironmentOptions,
): Promise<Upgrade> {
  const [topology] = readTopologies([plan.topologyFile]);
  if (topology!.sha256 !== plan.topologySha256)
    throw new MeshproofError(`the topology of run ${runId} has changed since its mesh was built`, exitCode.usage, {
      where: plan.topologyFile,
      expected: 'the topology text that built the mesh',
      remedy: `restore the text, or rebuild the mesh: meshproof down ${runId}`,
    });
  const environment = await readChosen(plan.environment.file, { ...options, istio: asked.to });
  const upgrade = defineUpgrade(plan, makePlan(topology!, environment, { runId }), asked);
  if (asked.from === undefined || asked.from === upgrade.from) return upgrade;
  throw new MeshproofError(`the mesh of run ${runId} has Istio ${upgrade.from}`, exitCode.usage, {
    where: `--from ${asked.from}`,
    expected: upgrade.from,
  });
}
