import { existsSync } from 'node:fs';
import { allPacks } from '../kernel/packs.js';

/** Every folder with specs. */
export function specFolders(): string[] {
  return allPacks().flatMap(({ behaviours }) =>
    behaviours !== undefined && existsSync(behaviours) ? [behaviours] : [],
  );
}
