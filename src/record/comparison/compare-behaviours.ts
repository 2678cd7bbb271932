import type { Behaviour, RunRecord, TopologyRecord } from '../result.js';
import { changeKinds, type BehaviourChange, type ChangeKind, type SideWord } from './comparison.js';
import { judgedOf } from './judged.js';
import { fisherTest, level, type Runs } from './rank-test.js';

/** What the records of one side say of one behaviour. */
interface Side {
  word: SideWord;
  runs: Runs;
  causes: string[];
  reason?: string;
  title?: string;
}

/** A side is no better than its worst record; of the side `before` a pass in one record is enough where none failed. */
const severity: Record<'before' | 'after', readonly SideWord[]> = {
  before: ['failed', 'known', 'passed', 'undetermined', 'not-applicable', 'skipped', 'missing'],
  after: ['failed', 'undetermined', 'missing', 'skipped', 'known', 'passed', 'not-applicable'],
};

/** Behaviours by topology and id: those whose outcome differs, what is worse first, and how many do not. */
export function compareBehaviours(
  before: readonly RunRecord[],
  after: readonly RunRecord[],
): { changes: BehaviourChange[]; same: number } {
  const changes: BehaviourChange[] = [];
  let same = 0;
  for (const [topology, ids] of behavioursOf([...before, ...after]))
    for (const id of ids) {
      const [was, is] = [sideOf(before, topology, id, 'before'), sideOf(after, topology, id, 'after')];
      const change = changeOf(was, is);
      if (change === undefined) same++;
      else
        changes.push({
          topology,
          id,
          title: is.title ?? was.title ?? '',
          change,
          before: was.word,
          after: is.word,
          causesBefore: was.causes,
          causesAfter: is.causes,
          reason: is.reason,
        });
    }
  const order = Object.keys(changeKinds);
  return { changes: changes.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change)), same };
}

/** Undefined where both sides say the same. */
function changeOf(was: Side, is: Side): ChangeKind | undefined {
  const failedBefore = was.word === 'failed' || was.word === 'known';
  switch (is.word) {
    case 'failed':
      if (was.word === 'passed') return 'regression';
      if (!failedBefore) return 'no-basis';
      if (fisherTest(was.runs, is.runs) <= level) return 'fails-more-often';
      return sameWords(was.causes, is.causes) ? 'still-fails' : 'changed';
    case 'known':
      return was.word === 'known' ? undefined : 'accepted';
    case 'passed':
      if (was.word === 'passed') return undefined;
      return failedBefore ? 'fixed' : 'new';
    case 'not-applicable':
      return was.word === 'passed' || failedBefore ? 'not-known' : undefined;
    case 'undetermined':
      return 'not-known';
    case 'skipped':
    case 'missing':
      // what neither side was asked for is no difference
      return was.word === 'skipped' || was.word === 'missing' || was.word === 'not-applicable'
        ? undefined
        : 'not-known';
  }
}

function sideOf(records: readonly RunRecord[], topology: string, id: string, side: 'before' | 'after'): Side {
  const found = records.map((record) => {
    const own = record.topologies.find(({ name }) => name === topology);
    return { own, behaviour: own && judgedOf(own).find((one) => one.id === id) };
  });
  const words = found.map(({ behaviour }) => wordOf(behaviour));
  const word = severity[side].find((one) => words.includes(one))!;
  const told = found[words.indexOf(word)]!;
  const failed = found.flatMap(({ behaviour }) => (behaviour?.verdict === 'failed' ? [behaviour] : []));
  const decided = words.filter((one) => one === 'passed' || one === 'failed' || one === 'known').length;
  return {
    word,
    runs: { failed: failed.length, all: decided },
    causes: [...new Set(failed.flatMap(causesOf))].sort(),
    reason: ['passed', 'failed', 'known'].includes(word) ? undefined : reasonOf(told.own, told.behaviour),
    title: told.behaviour?.title,
  };
}

function wordOf(behaviour: Behaviour | undefined): SideWord {
  return behaviour === undefined ? 'missing' : behaviour.known ? 'known' : behaviour.verdict;
}

function reasonOf(topology: TopologyRecord | undefined, behaviour: Behaviour | undefined): string {
  if (behaviour) return behaviour.reason?.split('\n')[0] ?? 'no reason is given';
  if (topology === undefined) return 'the topology was not run';
  return topology.problem ? topology.problem.message.split('\n')[0]! : 'it was not run';
}

/** The findings that a behaviour's failures begin with; of one without a finding what it says, without numbers. */
function causesOf({ failures }: Behaviour): string[] {
  return failures.map(({ findings = [], message }) => findings[0]?.check ?? firstLine(message));
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/\d+(\.\d+)*/g, 'N');
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}

/** Ids of every topology's behaviours, in the order in which they come first. */
function behavioursOf(records: readonly RunRecord[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const topology of records.flatMap(({ topologies }) => topologies)) {
    const ids = all.get(topology.name) ?? new Set();
    for (const { id } of judgedOf(topology)) ids.add(id);
    all.set(topology.name, ids);
  }
  return all;
}
