import type { Fault } from './fault.js';
import { faults } from './faults.gen.js';
import { projectFaults } from './project-faults.js';

/** Every fault: meshproof's own, then those of the user's project. */
export function allFaults(): readonly Fault[] {
  return [...faults, ...projectFaults()];
}
