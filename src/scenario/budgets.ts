import { z } from 'zod';
import { lanes } from '../record/change-record.js';
import type { JudgedPath } from './placed-event.js';

const milliseconds = (name: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s)$/, { error: `${name} is not a valid duration; allowed: e.g. 400ms or 2s` })
    .transform((text) => (text.endsWith('ms') ? Number.parseFloat(text) : Number.parseFloat(text) * 1000));

/** What may be lost on the paths that an entry is about. The first entry that fits a path counts. */
const budgetSchema = z.strictObject({
  lanes: z.array(z.enum(lanes)).min(1).optional().meta({ description: 'Default: all lanes.' }),
  from: z.string().optional().meta({ description: 'The cluster that calls. Default: any.' }),
  to: z.string().optional().meta({ description: 'The cluster or the service that is called. Default: any.' }),
  path: z.string().optional().meta({ description: 'A path of the user, as --path names it. Default: any path.' }),
  acts: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ description: 'Ids of acts: losses that begin in one of them, or before the next. Default: any loss.' }),
  gap: milliseconds('gap').meta({ description: 'The sum of all gaps of a path: 400ms, 2s.' }),
  resets: z.int().min(0).default(0).meta({ description: 'Established connections that may end under a call.' }),
  reason: z
    .string()
    .min(10)
    .meta({ description: 'Why as much may be lost; raising it is a change that somebody reads.' }),
});
export type Budget = z.infer<typeof budgetSchema>;

export const budgetsSchema = z.strictObject({ budgets: z.array(budgetSchema).min(1) });
export type Budgets = z.infer<typeof budgetsSchema>['budgets'];

/** Where no file says otherwise, nothing may be lost. */
export const noLoss: Budgets = [
  { gap: 0, resets: 0, reason: 'no file of budgets was given: nothing may be lost by a change' },
];

const noEntry: Budget = { gap: 0, resets: 0, reason: 'no entry of the file of budgets is about this path' };

/** The budget of what a path loses in an act, or before the first one. Without an entry about it nothing may be lost. */
export function budgetOf(budgets: Budgets, path: JudgedPath, act?: string): Budget {
  const fits = ({ lanes: of, from, to, path: own, acts }: Budget): boolean =>
    (of === undefined || of.includes(path.lane)) &&
    (from === undefined || from === path.from) &&
    (to === undefined || to === path.to) &&
    (own === undefined || own === path.own?.path) &&
    (acts === undefined || (act !== undefined && acts.includes(act)));
  return budgets.find(fits) ?? noEntry;
}

/** A loss shorter than this cannot be told from one call that was lost: twice the interval between two calls. */
export function effectiveBudget(budget: Pick<Budget, 'gap'>, intervalMs: number): number {
  return Math.max(budget.gap, 2 * intervalMs);
}
