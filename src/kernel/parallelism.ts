import { availableParallelism } from 'node:os';

/**
 * How many behaviours are proven side by side: one for every two processors, shared by the topologies that are (`lanes`). The
 * other half is for the nodes: on two processors, two behaviours at a time take a third longer than one after the other.
 */
export function behavioursAtOnce(lanes = 1): number {
  return Math.max(1, Math.floor(availableParallelism() / 2 / lanes));
}

/** Behaviours side by side on a mesh that is broken: what fails waits for most of its time, and leaves the processors to others. */
export const waitingBehaviours = 4;
