import type { Check } from './check.js';
import { checks } from './checks.gen.js';
import type { MeshView } from './mesh-view.js';
import { projectChecks } from './project-checks.js';

/** Every check of a mesh: meshproof's own, then those of the user's project. */
export function allChecks(): readonly Check<MeshView>[] {
  return [...checks, ...projectChecks()];
}
