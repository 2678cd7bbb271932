import { verdictOf, type Behaviour, type RunRecord, type TopologyRecord } from './result.js';

/** A failure that a team knows and accepts until a day. */
export interface KnownIssue {
  /** Id of a behaviour; or `finding`. */
  behaviour?: string;
  /** Id of a finding that every failure of a behaviour names. */
  finding?: string;
  /** Name of a topology; default: all. */
  topology?: string;
  /** Range of versions of Istio; default: all. */
  versions?: string;
  link: string;
  /** The last day on which it is accepted, such as 2027-01-31. */
  expires: string;
  reason: string;
}

/**
 * What became of an entry in a run. `known`: a behaviour failed as it says. `passes`: the behaviour passed everywhere. `expired`: its
 * day is over, and it excuses nothing. `unmatched`: nothing that was run is what it is about.
 */
export type KnownIssueRecord = NonNullable<RunRecord['knownIssues']>[number];

/** What is asked about entries. */
export interface KnownIssuesContext {
  /** ISO 8601, UTC. */
  now: string;
  /** Whether a version of Istio, that of a topology, is in a range. */
  applies(topology: TopologyRecord, versions: string): boolean;
}

/**
 * Holds what failed against the entries: the topologies with known failures marked and their verdicts without them, and what
 * became of each entry.
 */
export function holdAgainst(
  topologies: readonly TopologyRecord[],
  entries: readonly KnownIssue[],
  context: KnownIssuesContext,
): { topologies: TopologyRecord[]; knownIssues: KnownIssueRecord[] } {
  const today = context.now.slice(0, 10);
  const isAbout = (entry: KnownIssue, topology: TopologyRecord, behaviour: Behaviour): boolean =>
    (entry.topology === undefined || entry.topology === topology.name) &&
    (entry.versions === undefined || context.applies(topology, entry.versions)) &&
    (entry.behaviour === undefined || entry.behaviour === behaviour.id) &&
    (entry.finding === undefined ||
      (behaviour.failures.length > 0 &&
        behaviour.failures.every(({ findings = [] }) => findings.some(({ check }) => check === entry.finding))));
  const marked = topologies.map((topology) => {
    const behaviours = topology.behaviours.map((behaviour): Behaviour => {
      if (behaviour.verdict !== 'failed') return behaviour;
      const entry = entries.find((one) => one.expires >= today && isAbout(one, topology, behaviour));
      if (!entry) return behaviour;
      const { link, reason, expires } = entry;
      return { ...behaviour, known: { link, reason, expires } };
    });
    const changed = behaviours.some(({ known }) => known !== undefined);
    return changed ? { ...topology, behaviours, verdict: verdictOf({ ...topology, behaviours }) } : topology;
  });
  const knownIssues = entries.map((entry): KnownIssueRecord => {
    const about = topologies.flatMap((topology) =>
      topology.behaviours.filter((behaviour) => isAbout(entry, topology, behaviour)),
    );
    const has = (verdict: Behaviour['verdict']): boolean => about.some((one) => one.verdict === verdict);
    if (!has('failed') && !has('passed')) return { ...entry, state: 'unmatched' };
    if (entry.expires < today) return { ...entry, state: 'expired' };
    return { ...entry, state: has('failed') ? 'known' : 'passes' };
  });
  return { topologies: marked, knownIssues };
}

/** What a reader must know of the entries beyond the failures that they excuse; the same words in every view. */
export function knownIssueLines(issues: readonly KnownIssueRecord[] = []): string[] {
  const nameOf = ({ behaviour, finding, topology }: KnownIssueRecord): string =>
    [behaviour, finding].filter(Boolean).join(' with ') + (topology === undefined ? '' : ` on ${topology}`);
  const lines = issues.flatMap((issue) => {
    if (issue.state === 'passes') return [`${nameOf(issue)} passes now: remove its entry (${issue.link})`];
    if (issue.state !== 'expired') return [];
    return [`the entry of ${nameOf(issue)} expired on ${issue.expires}: fix it or choose another date (${issue.link})`];
  });
  const unmatched = issues.filter(({ state }) => state === 'unmatched').map(nameOf);
  return unmatched.length === 0
    ? lines
    : [...lines, `no behaviour in this run matches the entry of ${unmatched.join(', ')}`];
}
