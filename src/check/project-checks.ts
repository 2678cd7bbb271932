import type { Check } from './check.js';
import type { MeshView } from './mesh-view.js';

/** A check of a user's project, whose id is the project's own. */
export interface ProjectCheck extends Omit<Check<MeshView>, 'id' | 'needs'> {
  /** `F-` and capital letters, digits and dashes: F-SHOP-CERTIFICATE. */
  id: string;
  /** What must hold for it to be a cause: where one of these is broken, it follows from that. */
  needs?: readonly string[];
}

let added: readonly Check<MeshView>[] = [];
let addedBy: string | undefined;

/** Names the checks of the user's project, once, before anything is looked at, and the file that they come from. */
export function useChecks(given: readonly ProjectCheck[], file: string): void {
  // only the compiler knows which ids are meshproof's own
  added = given as readonly Check<MeshView>[];
  addedBy = given.length > 0 ? file : undefined;
}

/** The checks of the user's project. */
export function projectChecks(): readonly Check<MeshView>[] {
  return added;
}

/** The configuration that has checks, for the processes that look at a mesh when a behaviour fails. */
export function checksFile(): string | undefined {
  return addedBy;
}
