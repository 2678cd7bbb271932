import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';
import { readYaml } from '../topology/read-yaml.js';
import { budgetsSchema, noLoss, type Budgets } from './budgets.js';

/**
 * The budgets in a file; without one nothing may be lost. `acts` are the ids of the acts that are played, `paths` those of the user.
 * Throws (exit 2) with everything that is wrong with the file, or with an act or a path that is not there: an entry about it would
 * never count.
 */
export function readBudgets(file: string | undefined, acts: readonly string[], paths: readonly string[] = []): Budgets {
  if (file === undefined) return noLoss;
  const { budgets } = readYaml(file, budgetsSchema).data;
  for (const budget of budgets) {
    for (const act of budget.acts ?? []) mustBe(act, acts, `act ${act}, but no act has that name`, file);
    if (budget.path !== undefined) mustBe(budget.path, paths, `path ${budget.path}, but no --path option does`, file);
  }
  return budgets;
}

function mustBe(name: string, known: readonly string[], what: string, file: string): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  throw new MeshproofError(`a budget names ${what}`, exitCode.usage, {
    where: file,
    expected: known.join(', ') || 'no path: none was given',
    remedy: meant && `did you mean ${meant}?`,
  });
}
