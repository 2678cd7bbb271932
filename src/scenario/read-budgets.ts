import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { readYaml } from '../topology/read-yaml.js';
import { budgetsSchema, noLoss, type Budgets } from './budgets.js';

/**
 * The budgets in a file; without one nothing may be lost. `acts` are the ids of the acts that are played. Throws (exit 2) with
 * everything that is wrong with the file, or with an act that is not played: an entry about it would never count.
 */
export function readBudgets(file: string | undefined, acts: readonly string[]): Budgets {
  if (file === undefined) return noLoss;
  const { budgets } = readYaml(file, budgetsSchema).data;
  for (const act of budgets.flatMap((budget) => budget.acts ?? [])) {
    if (acts.includes(act)) continue;
    const meant = nearest(act, acts);
    throw new MeshproofError(`a budget is about act ${act}, which is not played`, exitCode.usage, {
      where: file,
      expected: acts.join(', '),
      remedy: meant && `did you mean ${meant}?`,
    });
  }
  return budgets;
}
