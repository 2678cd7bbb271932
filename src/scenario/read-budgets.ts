import { readYaml } from '../topology/read-yaml.js';
import { budgetsSchema, noLoss, type Budgets } from './budgets.js';

/** The budgets in a file; without one nothing may be lost. Throws ProblemsError (exit 2) with everything that is wrong with it. */
export function readBudgets(file: string | undefined): Budgets {
  return file === undefined ? noLoss : readYaml(file, budgetsSchema).data.budgets;
}
