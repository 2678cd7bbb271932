import { outcomeOf, verdictText } from './change-record.js';
import { findingLine } from './finding.js';
import { failureLines } from './failure-lines.js';
import { shownVerdict, summaryOf, verdictOf, type RunRecord, type TopologyRecord, type Verdict } from './result.js';

/** What a reader must know first. */
export interface Headline {
  verdict: Verdict;
  /** Why, in one sentence: the first finding, where there is one. */
  sentence: string;
  /** What to do about it. */
  remedy?: string;
  /** The topology that it is about; undefined where it is about all. */
  topology?: TopologyRecord;
}

/** The verdict of a run and the sentence that explains it. */
export function headlineOf(record: Pick<RunRecord, 'topologies'>): Headline {
  const { topologies } = record;
  for (const verdict of ['failed', 'undetermined'] as const) {
    const topology = topologies.find((one) => verdictOf(one) === verdict);
    if (topology) return { verdict, topology, ...reasonOf(topology, verdict) };
  }
  if (topologies.length === 0) return { verdict: 'undetermined', sentence: 'Nothing was tested.' };
  const { passed } = summaryOf(topologies);
  const where = topologies.length === 1 ? topologies[0]!.name : `${topologies.length} topologies`;
  const verdict = topologies.some((one) => verdictOf(one) === 'passed') ? 'passed' : verdictOf(topologies[0]!);
  const changes = topologies.reduce((sum, topology) => sum + (topology.changes ?? []).length, 0);
  const held = [
    ...(passed > 0 ? [`${passed} ${passed === 1 ? 'behaviour holds' : 'behaviours hold'}`] : []),
    ...(changes > 0 ? [`${changes} ${changes === 1 ? 'change was' : 'changes were'} made within budget`] : []),
  ].join(', ');
  const sentence = verdict === 'passed' ? `${held} on ${where}.` : `No behaviour was tested on ${where}.`;
  return { verdict, sentence };
}

function reasonOf(topology: TopologyRecord, verdict: Verdict): Pick<Headline, 'sentence' | 'remedy'> {
  const [cause] = topology.findings ?? [];
  const behaviour = topology.behaviours.find((one) => shownVerdict(one) === verdict);
  if (cause && verdict === 'failed') return { sentence: findingLine(cause), remedy: cause.remedy };
  if (behaviour) {
    const [failure] = behaviour.failures;
    const [said = ''] = behaviour.reason?.split('\n') ?? (failure ? failureLines(failure) : []);
    return { sentence: `${behaviour.id} is ${verdict}: ${said.replace(`${behaviour.id} `, '')}` };
  }
  const change = topology.changes?.find((one) => outcomeOf(one) === verdict);
  if (change) return { sentence: `change ${change.id}: ${change.reasons[0] ?? verdictText[change.verdict]}` };
  const { message, where, remedy } = topology.problem ?? { message: 'no behaviour was run' };
  const [first = ''] = message.split('\n');
  return { sentence: `${topology.name} is ${verdict}: ${where ? `${where}: ` : ''}${first}`, remedy };
}
