import type { Requirement } from '../kernel/requirement.js';
import type { DockerInfo, Reach } from '../provider/kind/docker-reach.js';
import type { ChartsResult } from '../supply/charts.js';
import type { ProgramResult } from '../supply/programs-of-plans.js';
import type { Plan } from '../topology/plan-types.js';
import { outcomeOf, type Check, type Outcome } from './check.js';

/** The machine that will host the clusters, and its plans. */
export interface Host {
  plans: readonly Plan[];
  /** The plan with the most clusters: a machine that can carry it can carry the others. */
  plan: Plan;
  programs: readonly ProgramResult[];
  charts: readonly ChartsResult[];
  /** What Docker said; undefined where nothing is made in it. */
  docker?: {
    answer: Requirement;
    info?: DockerInfo;
    /** Undefined where it was not looked at, because the mesh is up. */
    reach?: Reach;
  };
}

/** A Docker that clusters can be made in, as far as it was looked at. */
export type UsableDocker = Required<NonNullable<Host['docker']>>;

/** A check of the host by what it requires. */
export function defineHostCheck({
  ask,
  ...check
}: Pick<Check<Host>, 'id' | 'title' | 'applies' | 'code'> & {
  ask(host: Host): Promise<readonly Requirement[]> | readonly Requirement[];
}): Check<Host> {
  return { ...check, hop: 'host', reads: ['host'], look: async (host) => outcomeOfRequirements(await ask(host)) };
}

/** Docker, for a check that applies where it can be used. */
export function dockerOf({ docker }: Host): UsableDocker {
  return docker as UsableDocker;
}

/** Whether the run will create clusters in the Docker that was examined. */
export function makesClusters({ docker }: Host): boolean {
  return docker?.info !== undefined && docker.reach !== undefined;
}

/** A requirement that is not met is a problem; a warning is a likely one, and stops nothing. */
function outcomeOfRequirements(requirements: readonly Requirement[]): Outcome {
  return outcomeOf(
    requirements
      .filter(({ ok }) => !ok)
      .map(({ name, found, expected, remedy, level }) => ({
        facts: { what: name, found, expected },
        says: `${name}: ${found}`,
        remedy,
        confidence: level === 'error' ? 'certain' : 'likely',
      })),
  );
}
