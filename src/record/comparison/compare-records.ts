import type { RunRecord } from '../result.js';
import { compareBehaviours } from './compare-behaviours.js';
import { compareConfigurations } from './compare-configurations.js';
import { compareFigures } from './compare-figures.js';
import { compareSetups, setupNotes } from './compare-setups.js';
import { comparisonVersion, type Comparison } from './comparison.js';
import { judgedOf } from './judged.js';
import type { ComparedRecord } from './compared-record.js';

/** Compares two sides of one record or more. Behaviours are judged from one run on, figures from four on each side. */
export function compareRecords(before: readonly ComparedRecord[], after: readonly ComparedRecord[]): Comparison {
  const [was, is] = [before.map(({ record }) => record), after.map(({ record }) => record)];
  const { changes, same } = compareBehaviours(was, is);
  const differences = compareSetups(was, is);
  const confounding = differences.filter(({ confounds }) => confounds).map(({ what }) => what);
  const confounded = confounding.length > 0 ? `${confounding.join(', ')} differ` : undefined;
  const figures = compareFigures(was, is, confounded?.replace(/^([^,]*) differ$/, '$1 differs'));
  const compared = { behaviours: changes, figures };
  return {
    schemaVersion: comparisonVersion,
    before: before.map(sideOf),
    after: after.map(sideOf),
    ...verdictOfComparison(compared, was, is),
    same,
    behaviours: changes,
    findings: compareFindings(was, is),
    figures,
    differences,
    notes: setupNotes(was, is),
    configuration: compareConfigurations(before, after),
  };
}

function sideOf({ record: { run }, path }: ComparedRecord): Comparison['before'][number] {
  return { run: run.id, startedAt: run.startedAt, path };
}

/** Worse comes before what cannot be told; each reason is one line. */
function verdictOfComparison(
  { behaviours, figures }: Pick<Comparison, 'behaviours' | 'figures'>,
  before: readonly RunRecord[],
  after: readonly RunRecord[],
): Pick<Comparison, 'verdict' | 'reasons'> {
  const count = (number: number, one: string, many: string): string[] =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  const changes = (...kinds: string[]): number => behaviours.filter(({ change }) => kinds.includes(change)).length;
  const outcomes = (outcome: string): number => figures.filter((figure) => figure.outcome === outcome).length;
  const worse = [
    ...count(changes('regression'), 'behaviour passed before and fails now', 'behaviours passed before and fail now'),
    ...count(changes('fails-more-often'), 'behaviour fails more often', 'behaviours fail more often'),
    ...count(outcomes('worse'), 'figure is worse', 'figures are worse'),
  ];
  if (worse.length > 0) return { verdict: 'worse', reasons: worse };
  const risen = figures.filter(
    ({ outcome, medianBefore, medianAfter }) => outcome === 'too-few-runs' && medianAfter! > medianBefore!,
  );
  const more = (key: 'needBefore' | 'needAfter'): number => Math.max(...risen.map((figure) => figure[key]!));
  const open = [
    ...count(changes('not-known'), 'behaviour is undetermined now', 'behaviours are undetermined now'),
    ...count(
      changes('no-basis'),
      'behaviour fails now but was undetermined before',
      'behaviours fail now but were undetermined before',
    ),
    ...count(changes('changed'), 'behaviour fails for another reason', 'behaviours fail for another reason'),
    ...count(outcomes('missing'), 'figure is missing now', 'figures are missing now'),
    ...count(risen.length, 'figure is higher', 'figures are higher').map(
      (text) => `${text}, but a verdict needs more runs: ${more('needBefore')} before, ${more('needAfter')} after`,
    ),
    ...(isDecided(before) && isDecided(after) ? [] : ['one side has no behaviour with a verdict']),
  ];
  return open.length > 0 ? { verdict: 'cannot-tell', reasons: open } : { verdict: 'nothing-worse', reasons: [] };
}

function isDecided(records: readonly RunRecord[]): boolean {
  const all = records.flatMap(({ topologies }) => topologies.flatMap(judgedOf));
  return all.some(({ verdict }) => verdict === 'passed' || verdict === 'failed');
}

function compareFindings(before: readonly RunRecord[], after: readonly RunRecord[]): Comparison['findings'] {
  const all = (records: readonly RunRecord[]): Map<string, Comparison['findings']['appeared'][number]> =>
    new Map(
      records.flatMap(({ topologies }) =>
        topologies.flatMap(({ name: topology, findings = [] }) =>
          findings.map(
            ({ check, cluster }) => [`${topology} ${check} ${cluster}`, { topology, check, cluster }] as const,
          ),
        ),
      ),
    );
  const [was, is] = [all(before), all(after)];
  const only = (one: typeof was, other: typeof was) =>
    [...one].filter(([key]) => !other.has(key)).map(([, name]) => name);
  return { appeared: only(is, was), gone: only(was, is) };
}
