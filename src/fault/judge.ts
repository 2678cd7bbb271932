import { findingLine } from '../record/finding.js';
import type { FindingId } from '../record/finding-ids.gen.js';
import type { Behaviour } from '../record/result.js';
import { failing, type Demands } from './fault.js';

/** What a fault demands, for one mesh. */
export interface Demanded {
  fails: Demands;
  passes: readonly string[];
  /** Undefined where no check finds it yet. */
  finding?: FindingId;
}

/** What became of it. */
export interface Judgement {
  /** Every behaviour that had to fail did, in the clusters that it had to and in no other. */
  noticed: boolean;
  /** The first line of some failure is the finding; also true where none is demanded. */
  named: boolean;
  /** Ids of the findings that failures begin with. */
  findings: string[];
  /** What should have been noticed or named and was not, in words. */
  missed: string[];
  /** What is said to be wrong and is not: behaviours and clusters that the fault does not touch, and all of them once it is undone. */
  falseAlarms: string[];
}

type Seen = Pick<Behaviour, 'id' | 'verdict' | 'reason' | 'failures'>;

/** The cluster of a failure that no cluster's own steps have led to. */
const noCluster = 'mesh';

/** Holds the behaviours' verdicts on the broken mesh, and those after it was mended, against what was demanded. */
export function judge(
  { fails, passes, finding }: Demanded,
  broken: readonly Seen[],
  mended: readonly Seen[],
): Judgement {
  const missed: string[] = [];
  const falseAlarms: string[] = [];
  const demanded = failing(fails);
  const ids = demanded.map(([id]) => id);
  for (const [id, clusters] of demanded) {
    const seen = broken.find((behaviour) => behaviour.id === id);
    if (seen?.verdict !== 'failed') {
      missed.push(seen ? `${id} ${verdictText(seen)}, and had to fail` : `${id} was not run`);
      continue;
    }
    const where = seen.failures.map(({ cluster = noCluster }) => cluster);
    for (const cluster of clusters) if (!where.includes(cluster)) missed.push(`${id} does not fail in ${cluster}`);
    for (const failure of seen.failures) {
      const { cluster = noCluster } = failure;
      if (!clusters.includes(cluster)) falseAlarms.push(`${id} fails in ${cluster} as well:\n${textOf(failure)}`);
    }
  }
  for (const id of passes) falseAlarms.push(...notPassed(id, broken, ''));
  for (const id of [...ids, ...passes]) falseAlarms.push(...notPassed(id, mended, 'mended, '));
  const noticed = missed.length === 0;
  const failures = broken.filter(({ id }) => ids.includes(id)).flatMap((behaviour) => behaviour.failures);
  const first = failures.flatMap(({ findings }) => findings?.slice(0, 1) ?? []);
  const findings = [...new Set(first.map(({ check }) => check))];
  const named = finding === undefined || findings.includes(finding);
  if (!named) missed.push(`no failure is named ${finding}: ${findings.join(', ') || 'none has a finding'}`);
  return { noticed, named, findings, missed, falseAlarms };
}

function notPassed(id: string, seen: readonly Seen[], when: string): string[] {
  const behaviour = seen.find((one) => one.id === id);
  if (!behaviour) return [`${when}${id} was not run`];
  if (behaviour.verdict === 'passed' || behaviour.verdict === 'not-applicable') return [];
  return [[`${when}${id} ${verdictText(behaviour)}`, ...behaviour.failures.map(textOf)].join('\n')];
}

function verdictText({ verdict, reason }: Seen): string {
  return reason ? `${verdict} (${reason})` : verdict;
}

/** A failure in a few lines. */
function textOf({ cluster, message, expected, got, findings = [] }: Seen['failures'][number]): string {
  const named = findings.slice(0, 1).map(findingLine);
  return [...named, `${cluster ?? noCluster}: ${message}`, `expected: ${expected ?? '-'}`, `got: ${got ?? '-'}`].join(
    '\n',
  );
}
