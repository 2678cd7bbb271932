import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { Plan } from '../../topology/plan-types.js';
import { CommandError } from '../../kernel/run-program.js';
import { createNetwork, docker, runLabel, stateLabel } from '../../kernel/docker.js';
import { ownContainer } from '../../kernel/own-container.js';
import { stateRoot } from '../../run/run-folders.js';

/** The planned block is no longer free: another run was faster. */
export class SubnetTaken extends MeshproofError {
  override readonly name = 'SubnetTaken';
}

/** Makes the run's Docker network, or finds it, and joins it. Throws SubnetTaken (exit 3). */
export async function ensureNetwork(plan: Plan): Promise<void> {
  await makeNetwork(plan);
  await joinNetwork(plan.docker.network);
}

/**
 * Where this process runs in a container of the same Docker, that container takes part in the network: the addresses of clusters
 * and load balancers are then its neighbours. Being in it already is fine.
 */
export async function joinNetwork(network: string): Promise<void> {
  const own = await ownContainer();
  if (!own || own.networkMode === 'host') return;
  await docker(['network', 'connect', network, own.id]).catch((error: unknown) => {
    if (!(error instanceof CommandError) || !/already exists in network/i.test(error.output)) throw error;
  });
}

/** Takes this process's container out of a network, which can be removed then. Goes on after an interrupt. */
export async function leaveNetwork(network: string): Promise<void> {
  const own = await ownContainer();
  if (!own || own.networkMode === 'host') return;
  await docker(['network', 'disconnect', '-f', network, own.id], { uninterruptible: true }).catch((error: unknown) => {
    if (!(error instanceof CommandError) || !/is not connected to/i.test(error.output)) throw error;
  });
}

async function makeNetwork(plan: Plan): Promise<void> {
  const { network, subnet } = plan.docker;
  const exists = await docker(['network', 'inspect', network]).then(
    () => true,
    () => false,
  );
  if (exists) return;
  try {
    await createNetwork(network, plan.docker, { [runLabel]: plan.runId, [stateLabel]: stateRoot() });
  } catch (error) {
    if (!(error instanceof CommandError) || !/overlap/i.test(error.output)) throw error;
    throw new SubnetTaken(`${subnet} was taken by another Docker network after planning`, exitCode.preflight, {
      expected: 'an address block that stays free while the run starts',
      remedy: 'try again',
      cause: error,
    });
  }
}

/** More runs than this do not start in the same second. */
const tries = 10;

/**
 * Makes the Docker network of a run, whose lease is taken. Docker itself decides between runs that start at the same time:
 * who comes too late plans again, which gives the next free block. `plans` share one run; so do those of `again`. The network
 * is for the plan at `at`.
 */
export async function claimNetwork(plans: Plan[], again: () => Promise<Plan[]>, at = 0): Promise<Plan[]> {
  for (let left = tries, claimed = plans; ; left--) {
    if (claimed[at]!.provider !== 'kind') return claimed;
    try {
      await ensureNetwork(claimed[at]!);
      return claimed;
    } catch (error) {
      if (!(error instanceof SubnetTaken) || left === 1) throw error;
      claimed = await again();
    }
  }
}
