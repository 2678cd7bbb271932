import type { Fault, Mesh } from './fault.js';

/** A fault of a user's project, whose behaviours and findings may be the project's own. */
export type ProjectFault = Omit<Fault, 'fails' | 'passes' | 'finding' | 'names'> & {
  /** Names of the clusters in which a behaviour must fail, by its id. */
  fails(mesh: Mesh): Readonly<Record<string, readonly string[]>>;
  /** Ids of behaviours that must not notice it. */
  passes: readonly string[];
} & ({ finding: string; names?: undefined } | { finding?: undefined; names: 'none yet' });

let added: readonly Fault[] = [];

/** Names the faults of the user's project, once, before anything is read. */
export function useFaults(given: readonly ProjectFault[]): void {
  // only the compiler knows which ids are meshproof's own
  added = given as readonly Fault[];
}

/** The faults of the user's project. */
export function projectFaults(): readonly Fault[] {
  return added;
}
