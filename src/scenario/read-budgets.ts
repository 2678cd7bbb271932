import { readYaml } from '../topology/read-yaml.js';
import { budgetsSchema, type Budgets } from './budgets.js';

/** Reads a file of budgets. Throws ProblemsError (exit 2) with everything that is wrong with it. */
export function readBudgets(file: string): Budgets {
  return readYaml(file, budgetsSchema).data.budgets;
}
