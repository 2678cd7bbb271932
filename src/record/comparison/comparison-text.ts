import { formatDuration } from '../../kernel/text.js';
import { changeKinds, type BehaviourChange, type Comparison, type FigureChange } from './comparison.js';
import type { ConfigurationChange, ConfigurationDifference } from './configuration-difference.js';

/** Differences of configuration that a text shows; the JSON has all. */
const shown = 25;

/** A comparison as plain text, fit for a ticket. */
export function comparisonText(comparison: Comparison): string {
  const { before, after, verdict, reasons, same, differences, notes, findings } = comparison;
  const sideLine = (name: string, side: Comparison['before']): string =>
    `  ${name.padEnd(7)} ${side.map(({ run, startedAt }) => `${run} (${startedAt.slice(0, 16).replace('T', ' ')})`).join(', ')}`;
  const names = (list: Comparison['findings']['gone']): string[] =>
    list.map(({ topology, check, cluster }) => `${topology}: ${check}${cluster ? ` in ${cluster}` : ''}`);
  return [
    `${verdictWords[verdict]}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`,
    sideLine('before', before),
    sideLine('after', after),
    ...notes.map((note) => `  note: ${note}`),
    '',
    `behaviours: ${same} as before${comparison.behaviours.length > 0 ? `, ${comparison.behaviours.length} not` : ''}`,
    ...behaviourLines(comparison.behaviours),
    ...section('findings that are new', names(findings.appeared)),
    ...section('findings that are gone', names(findings.gone)),
    ...section('figures (the median of each side)', figureLines(comparison.figures)),
    ...section(
      'machine, versions and images (shown, never judged)',
      differences.flatMap(({ topology, what, before, after, note }) => [
        `${topology ? `${topology}: ` : ''}${what}${note ? ` (${note})` : ''}`,
        `  before  ${before.map(shortDigests).join(' | ') || 'not recorded'}`,
        `  after   ${after.map(shortDigests).join(' | ') || 'not recorded'}`,
      ]),
    ),
    ...comparison.configuration.flatMap(configurationLines),
  ].join('\n');
}

export const verdictWords: Record<Comparison['verdict'], string> = {
  'nothing-worse': 'nothing is worse',
  worse: 'worse',
  'cannot-tell': 'cannot tell whether anything is worse',
};

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

/** Behaviours of one topology with one change and one reason are one line, where there is no more to say of each. */
function behaviourLines(changes: readonly BehaviourChange[]): string[] {
  const groups = new Map<string, BehaviourChange[]>();
  for (const change of changes) {
    const key = `${change.change}\0${change.topology}\0${change.before}\0${change.after}\0${change.reason}\0${detailOf(change).join()}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group as [BehaviourChange];
    const ids = group.map(({ id }) => id).join(', ');
    const title = group.length === 1 && first.title ? `: ${first.title}` : '';
    const reason = first.reason === undefined ? '' : ` (${shorten(first.reason, 160)})`;
    return [
      `  ${first.change.padEnd(16)}  ${first.topology}: ${ids}${title}`,
      `  ${''.padEnd(16)}    ${first.before} -> ${first.after}: ${changeKinds[first.change]}${reason}`,
      ...detailOf(first).map((line) => `  ${''.padEnd(16)}    ${line}`),
    ];
  });
}

function detailOf({ causesBefore, causesAfter }: BehaviourChange): string[] {
  return [
    ...(causesBefore.length > 0 ? [`cause before: ${causesBefore.join(', ')}`] : []),
    ...(causesAfter.length > 0 ? [`cause now: ${causesAfter.join(', ')}`] : []),
  ];
}

function figureLines(figures: readonly FigureChange[]): string[] {
  return figures
    .filter(({ outcome }) => outcome !== 'new')
    .map((figure) => {
      const value = (number: number | undefined): string =>
        number === undefined ? 'not measured' : valueText(figure, number);
      const values = `${value(figure.medianBefore)} -> ${value(figure.medianAfter)}`;
      return `${outcomeText(figure).padEnd(12)} ${figure.topology}: ${figure.name}: ${values}${testText(figure)}`;
    });
}

function outcomeText({ outcome }: FigureChange): string {
  return outcome === 'same' ? '~' : outcome === 'too-few-runs' ? 'cannot tell' : outcome.replace('-', ' ');
}

function testText({ outcome, p, before, after, needBefore = 0, needAfter = 0, reason }: FigureChange): string {
  if (outcome === 'too-few-runs') {
    const need = [needBefore > 0 && `${needBefore} more before`, needAfter > 0 && `${needAfter} more after`];
    return ` (need ${need.filter(Boolean).join(' and ')})`;
  }
  if (reason !== undefined) return ` (${reason})`;
  return p === undefined ? '' : ` (p=${p.toFixed(3)} n=${before.length}+${after.length})`;
}

function valueText({ unit }: FigureChange, value: number): string {
  return unit === 'share' ? `${(value * 100).toFixed(1)} points` : formatDuration(value);
}

/** A whole digest helps nobody who reads; the JSON has it. */
function shortDigests(text: string): string {
  return text.replace(/\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b/g, '$1');
}

function configurationLines(difference: ConfigurationDifference): string[] {
  const { topology, runs, same, different, onlyBefore, onlyAfter, notAsked, deprecations, changes } = difference;
  const all = same + different.length;
  const head = `configuration of proxies, ${topology} (${runs.join(' and ')}): the same on ${same} of ${all}, certificates aside`;
  const more = changes.length > shown ? [`and ${changes.length - shown} more differences, in the JSON`] : [];
  return [
    ...section(head, [
      ...onlyBefore.map((name) => `only before: ${name}`),
      ...onlyAfter.map((name) => `only after: ${name}`),
      ...notAsked.map((text) => `not asked: ${text}`),
      ...changes.slice(0, shown).map((change) => changeLine(change, all)),
      ...more,
    ]),
    ...(all === 0 ? ['  no proxy is in both'] : []),
    ...section(`deprecated and in use, ${topology}`, [
      ...(deprecations?.appeared ?? []).map((what) => `new: ${what}`),
      ...(deprecations?.gone ?? []).map((what) => `no longer: ${what}`),
      ...(deprecations?.stay ?? []).map((what) => `still: ${what}`),
    ]),
  ];
}

/** `on 14 proxies: max_requests added to 31 clusters: 4294967295 (circuit_breakers.thresholds[0].max_requests)` */
function changeLine(
  { kind, change, path, before, after, resources, proxies }: ConfigurationChange,
  all: number,
): string {
  const where =
    proxies.length === all && all > 1
      ? `all ${all} proxies`
      : proxies.length === 1
        ? proxies[0]!
        : `${proxies.length} proxies`;
  const kinds = resources.length === 1 ? kind : plural(kind);
  const [first, second, third] = resources;
  const named = [first, second, third].filter((name) => name !== undefined && name !== '').join(', ');
  const names = named === '' ? '' : ` (${named}${resources.length > 3 ? ', ...' : ''})`;
  const what = `${resources.length} ${kinds}`;
  if (path === '' && change !== 'changed') return `on ${where}: ${what} ${change}${names}`;
  const last =
    path
      .replace(/\[[^\]]*\]$/, '')
      .split('.')
      .pop() ?? '';
  const value =
    change === 'changed' ? `${short(before)} -> ${short(after)}` : short(change === 'added' ? after : before);
  const verb = change === 'added' ? 'added to' : change === 'removed' ? 'removed from' : 'changed in';
  return `on ${where}: ${last || kind} ${verb} ${what}${names}: ${value}${path === last ? '' : ` (${path})`}`;
}

function plural(kind: string): string {
  return kind === 'endpoints' || kind === 'refused' ? kind : `${kind}s`;
}

function short(value: unknown): string {
  return shorten(JSON.stringify(value) ?? '', 120);
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
