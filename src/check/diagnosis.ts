import type { Diagnosis, Finding } from '../record/finding.js';
import { allChecks } from './check-list.js';
import { hops, meets, type Hop } from './hops.js';
import { findingsOf, type Outcomes } from './look.js';

/** What a diagnosis is for. */
export interface Question {
  /** The area of the behaviour that failed. */
  area?: string;
  /** Ids of the only checks that explain it; default: those whose hop its area meets. */
  explains?: readonly string[];
  /** `cluster object` of what was changed on purpose. */
  intended?: ReadonlySet<string>;
}

/** Whether a finding can explain what is asked about. */
export function explainedBy({ check }: Finding, { area, explains }: Question): boolean {
  if (explains) return explains.includes(check);
  return area === undefined || meets(area, allChecks().find(({ id }) => id === check)?.hop ?? 'host');
}

/**
 * What a look comes to: a cause is broken while all that it needs holds; what needs it follows. What somebody has done on purpose
 * is neither, but what follows from it does.
 */
export function diagnose(outcomes: Outcomes, question: Question = {}): Diagnosis {
  const { intended = new Set() } = question;
  const known = new Map(allChecks().map((check) => [check.id as string, check]));
  const broken = new Set([...outcomes].filter(([, { is }]) => is === 'broken').map(([id]) => id as string));
  const follows = (id: string): boolean => (known.get(id)?.needs ?? []).some((need) => broken.has(need));
  const hopOf = (check: string): Hop => known.get(check)?.hop ?? 'host';
  const rank = ({ check, confidence }: Finding): number =>
    hops.indexOf(hopOf(check)) + (confidence === 'likely' ? hops.length : 0);
  const findings = findingsOf(outcomes)
    .filter((finding) => explainedBy(finding, question))
    .filter(({ cluster, object }) => !intended.has(`${cluster} ${object}`))
    .sort((a, b) => rank(a) - rank(b))
    .map((finding) => ({ ...finding, hop: hopOf(finding.check) }));
  return {
    causes: findings.filter(({ check }) => !follows(check)),
    follows: findings.filter(({ check }) => follows(check)),
    unknown: [...outcomes].flatMap(([check, outcome]) =>
      outcome.is === 'cannot tell' ? [{ check, missing: outcome.missing }] : [],
    ),
  };
}
