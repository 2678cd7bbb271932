import { seconds } from '../record/change-lines.js';
import type { ChangeVerdict, Gap } from '../record/change-record.js';
import { budgetOf, effectiveBudget, type Budget, type Budgets } from './budgets.js';
import { coveredMs } from './gaps.js';
import type { JudgedPath } from './placed-event.js';

/** An entry of the budgets, and what counts against it on one path. */
export interface Account {
  budget: Budget;
  /** Ids of the acts whose losses it is about. */
  acts: string[];
  gaps: Gap[];
  resets: number;
}

/** The entries that a path is judged by, each once. `acts` are all that were played, `ends` the act of each connection that ended. */
export function accountsOf(
  budgets: Budgets,
  path: JudgedPath,
  acts: readonly string[],
  { gaps, ends }: { gaps: readonly Gap[]; ends: readonly (string | undefined)[] },
): Account[] {
  const accounts = new Map<Budget, Account>();
  const accountOf = (act?: string): Account => {
    const budget = budgetOf(budgets, path, act);
    const account = accounts.get(budget) ?? { budget, acts: [], gaps: [], resets: 0 };
    accounts.set(budget, account);
    return account;
  };
  accountOf();
  for (const act of acts) accountOf(act).acts.push(act);
  for (const gap of gaps) accountOf(gap.act).gaps.push(gap);
  for (const act of ends) accountOf(act).resets++;
  return [...accounts.values()];
}

/** What a path may lose in all: the sum of its entries. */
export function allowedBy(accounts: readonly Account[], intervalMs: number) {
  const budgets = accounts.map(({ budget }) => budget);
  const sum = (of: (budget: Budget) => number): number => budgets.reduce((total, budget) => total + of(budget), 0);
  return {
    budgetMs: sum(({ gap }) => gap),
    effectiveBudgetMs: sum((budget) => effectiveBudget(budget, intervalMs)),
    budgetReason: [...new Set(budgets.map(({ reason }) => reason))].join('; '),
    allowedResets: sum(({ resets }) => resets),
  };
}

/** What the budgets say of the losses of a path. */
export function verdictByBudget(
  accounts: readonly Account[],
  intervalMs: number,
): { verdict: ChangeVerdict; why?: string } {
  const where = ({ acts }: Account): string => (accounts.length > 1 && acts.length > 0 ? ` in ${acts.join(', ')}` : '');
  const judged = accounts.map((account) => {
    const counted = account.gaps.filter(({ unsure }) => unsure === undefined);
    return { ...account, allowed: effectiveBudget(account.budget, intervalMs), gapMs: lengthOf(counted), counted };
  });
  const over = judged.find(({ gapMs, allowed }) => gapMs > allowed);
  if (over)
    return {
      verdict: 'disrupted',
      why: `${seconds(over.gapMs)} of gap${where(over)}, ${seconds(over.allowed)} allowed`,
    };
  const ended = judged.find(({ resets, budget }) => resets > budget.resets);
  if (ended)
    return {
      verdict: 'disrupted',
      why: `${ended.resets} established connections ended${where(ended)}, ${ended.budget.resets} allowed`,
    };
  const unsure = judged.find(({ gaps, allowed }) => lengthOf(gaps) > allowed);
  if (unsure)
    return {
      verdict: 'undetermined',
      why: `${seconds(lengthOf(unsure.gaps))} of gap while the load generator itself was late (${unsure.gaps.find((gap) => gap.unsure !== undefined)!.unsure})`,
    };
  return { verdict: 'within-budget' };
}

/**
 * How many of the ticks that were not measured could change the verdict. `acts` are those in which they lie; undefined before the first.
 * A tick changes nothing where all of its budget's ticks, lost, would still be within that budget.
 */
export function uncovered(
  accounts: readonly Account[],
  acts: readonly (string | undefined)[],
  intervalMs: number,
): number {
  const isOf = (account: Account, act: string | undefined): boolean => act !== undefined && account.acts.includes(act);
  const covered = accounts.filter((account) => {
    const missedMs = acts.filter((act) => isOf(account, act)).length * intervalMs;
    return lengthOf(account.gaps) + missedMs <= effectiveBudget(account.budget, intervalMs);
  });
  return acts.filter((act) => !covered.some((account) => isOf(account, act))).length;
}

/** How long calls were lost. One gap is as long as its ticks say; several clients may have seen the same. */
export function lengthOf(gaps: readonly Gap[]): number {
  if (gaps.length === 1) return gaps[0]!.lengthMs;
  return Math.round(coveredMs(gaps.map(({ onset, end }) => ({ from: onset.from, to: end.to }))));
}
