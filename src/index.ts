/**
 * The public interface of the package `meshproof`: the words that behaviours are written in, and what a project is made of.
 */
import { explainedBy as explainedByOwn } from '../fixtures/index.js';
import type { ProjectCheck } from './check/project-checks.js';
import type { ProjectConfig } from './engine/project-config.js';
import type { ProjectFault } from './fault/project-faults.js';
import type { FindingId } from './record/finding-ids.gen.js';

export * from '../fixtures/index.js';
export { among, holds, outcomeOf, type Outcome, type Problem } from './check/check.js';
export type { ProjectCheck } from './check/project-checks.js';
export type { ProjectConfig } from './engine/project-config.js';
export type { ProjectFault } from './fault/project-faults.js';

/** The default export of meshproof.config. */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}

/** A breakage of a mesh and what must notice it, for `faults` in meshproof.config. */
export function defineFault(fault: ProjectFault): ProjectFault {
  return fault;
}

/** A named cause and how it is found, for `checks` in meshproof.config. */
export function defineCheck(check: ProjectCheck): ProjectCheck {
  return check;
}

/** The only checks that explain a failure of a behaviour, the project's own among them. */
export function explainedBy(...checks: string[]): ReturnType<typeof explainedByOwn> {
  return explainedByOwn(...(checks as FindingId[]));
}
