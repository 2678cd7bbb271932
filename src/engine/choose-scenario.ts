import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import type { Scenario } from '../scenario/scenario.js';
import { scenarios } from '../scenario/scenarios.gen.js';
import { firstMissing } from '../topology/features.js';
import type { Plan } from '../topology/plan-types.js';

/** The scenario of an id, in upper or lower case. Throws (exit 2) for one that there is not. */
export function chooseScenario(id: string): Scenario {
  const found = scenarios.find((one) => one.id === id.toUpperCase());
  if (found) return found;
  const ids = scenarios.map((one) => one.id);
  const meant = nearest(id, ids);
  throw new MeshproofError(`there is no scenario ${id}`, exitCode.usage, {
    expected: ids.join(', '),
    remedy: `${meant ? `did you mean ${meant}? ` : ''}see all of them with: meshproof scenarios`,
  });
}

/** What a plan says of whether scenarios can be played on it. */
type Playable = Pick<Plan, 'provider' | 'attach' | 'features' | 'clusters'>;

/** Why a scenario cannot be played on a mesh of a plan, for a reader; undefined where it can. */
export function cannotPlay(scenario: Scenario, plan: Playable): string | undefined {
  if (plan.attach) return 'the mesh is not one that meshproof has installed';
  if (plan.provider !== 'kind' && scenario.ownClusters !== undefined)
    return `needs clusters that meshproof makes: ${scenario.ownClusters}`;
  return firstMissing(scenario.requires ?? [], plan.features) ?? scenario.notFor?.(plan as Plan);
}

/** Throws (exit 2) with the reason where a scenario cannot be played on a mesh of a plan. */
export function refuseUnplayable(scenario: Scenario, plan: Playable & Pick<Plan, 'topology'>): void {
  const reason = cannotPlay(scenario, plan);
  if (reason === undefined) return;
  throw new MeshproofError(`${scenario.id} cannot be played on ${plan.topology}: ${reason}`, exitCode.usage, {
    expected: needsOf(scenario).join(', ') || 'any topology that meshproof installs',
    remedy: 'list what each scenario needs: meshproof scenarios',
  });
}

/** What a scenario needs, in words. */
export function needsOf({ requires = [], ownClusters }: Scenario): string[] {
  return [...requires, ...(ownClusters === undefined ? [] : ['clusters that meshproof makes'])];
}

/** A scenario as a list shows it. */
export interface ScenarioRow {
  id: string;
  title: string;
  needs: string[];
}

/** Every scenario, by its id. */
export function scenarioRows(): ScenarioRow[] {
  return scenarios.map((scenario) => ({ id: scenario.id, title: scenario.title, needs: needsOf(scenario) }));
}
