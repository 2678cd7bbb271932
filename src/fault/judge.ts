import type { Behaviour } from '../record/result.js';
import type { Demands } from './fault.js';

/** What a fault demands, for one mesh. */
export interface Demanded {
  fails: Demands;
  passes: readonly string[];
  finding: { id: string; words: RegExp };
}

/** What became of it. */
export interface Judgement {
  /** Every behaviour that had to fail did, in the clusters that it had to name and in no other, with the words. */
  noticed: boolean;
  /** Some failure names the cause. */
  named: boolean;
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
  for (const id of Object.keys(fails)) {
    const seen = broken.find((behaviour) => behaviour.id === id);
    if (seen?.verdict === 'failed') continue;
    missed.push(seen ? `${id} ${verdictText(seen)}, and had to fail` : `${id} was not run`);
  }
  for (const [id, words = {}] of Object.entries(fails)) {
    const { failures = [] } = broken.find((behaviour) => behaviour.id === id && behaviour.verdict === 'failed') ?? {};
    if (failures.length === 0) continue;
    for (const [cluster, expected] of Object.entries(words)) {
      const texts = failures.filter((failure) => (failure.cluster ?? noCluster) === cluster).map(textOf);
      if (texts.length === 0) missed.push(`${id} does not fail in ${cluster}`);
      else if (!texts.some((text) => expected.test(text)))
        missed.push(`${id} ${cluster} lacks ${expected}:\n${texts.join('\n')}`);
    }
    for (const failure of failures) {
      const cluster = failure.cluster ?? noCluster;
      if (!(cluster in words)) falseAlarms.push(`${id} fails in ${cluster} as well:\n${textOf(failure)}`);
    }
  }
  for (const id of passes) falseAlarms.push(...notPassed(id, broken, ''));
  for (const id of [...Object.keys(fails), ...passes]) falseAlarms.push(...notPassed(id, mended, 'mended, '));
  const texts = broken.flatMap(({ failures }) => failures).map(textOf);
  const noticed = missed.length === 0;
  const named = texts.some((text) => finding.words.test(text));
  if (!named) missed.push(`no failure names ${finding.id} by ${finding.words}`);
  return { noticed, named, missed, falseAlarms };
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

/** A failure as the words of a fault are held against it. */
function textOf({ cluster, message, expected, got }: Seen['failures'][number]): string {
  return `${cluster ?? noCluster}: ${message}\nexpected: ${expected ?? '-'}\ngot: ${got ?? '-'}`;
}
