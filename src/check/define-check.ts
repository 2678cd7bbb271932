import type { Check } from './check.js';
import type { MeshView } from './mesh-view.js';

/** A check of a mesh, checked by the compiler. */
export function defineCheck(check: Check<MeshView>): Check<MeshView> {
  return check;
}
