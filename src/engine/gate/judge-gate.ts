import { compareRecords } from '../../record/comparison/compare-records.js';
import type { ComparedRecord } from '../../record/comparison/compared-record.js';
import { verdictWords } from '../../record/comparison/comparison-text.js';
import { judgedOf } from '../../record/comparison/judged.js';
import { figuresOf, type Figure } from '../../record/comparison/figures.js';
import { escapeRegExp, formatDuration } from '../../kernel/text.js';
import { summaryOf, type Behaviour, type RunRecord, type TopologyRecord } from '../../record/result.js';
import { isInRange } from '../../topology/version-range.js';
import type { GateResult, GateRule } from './gate-schema.js';
import { areaOf, type PlacedRule } from './read-gate-rules.js';

/** What rules are held against. */
export interface GateContext {
  /** File of the rules, as it is shown. */
  file: string;
  records: readonly ComparedRecord[];
  /** The records that a rule `notWorseThan` names. */
  find(word: string): Promise<ComparedRecord[]>;
}

/** Holds every rule against every record. What is not in a record, or not measured, breaks a rule: it is not known to hold. */
export async function judgeGate(rules: readonly PlacedRule[], context: GateContext): Promise<GateResult> {
  const judged: GateResult['judged'] = [];
  for (const rule of rules) {
    const broken = await brokenBy(rule, context);
    judged.push({ rule: ruleText(rule), line: rule.line, reason: rule.reason, broken });
  }
  return {
    schemaVersion: 1,
    rules: context.file,
    records: context.records.map(({ record, path }) => ({ run: record.run.id, path })),
    verdict: judged.some(({ broken }) => broken.length > 0) ? 'refused' : 'passed',
    judged,
  };
}

async function brokenBy(rule: GateRule, { records, find }: GateContext): Promise<string[]> {
  if (rule.notWorseThan !== undefined) return worseThan(await find(rule.notWorseThan), records);
  return records.flatMap(({ record }) => {
    const { topologies, missing } = topologiesOf(rule, record);
    const said = [...missing.map((name) => `topology ${name} did not run`), ...brokenIn(rule, record, topologies)];
    return records.length === 1 ? said : said.map((line) => `run ${record.run.id}: ${line}`);
  });
}

function topologiesOf({ topologies: names }: GateRule, { topologies }: RunRecord) {
  if (names === undefined) return { topologies, missing: topologies.length === 0 ? ['of any name'] : [] };
  const has = (name: string): boolean => topologies.some((one) => one.name === name);
  return {
    topologies: topologies.filter(({ name }) => names.includes(name)),
    missing: names.filter((name) => !has(name)),
  };
}

function brokenIn(rule: GateRule, record: RunRecord, topologies: readonly TopologyRecord[]): string[] {
  const { require, forbid, atMost, figure, max, versions, digests } = rule;
  if (require) return topologies.flatMap((topology) => require.flatMap((word) => notPassed(topology, word)));
  if (forbid)
    return topologies.flatMap(({ name, findings = [] }) =>
      findings
        .filter(({ check }) => forbid.includes(check))
        .map(({ check, cluster, says }) => `${name}: ${check}${cluster ? ` in ${cluster}` : ''}: ${says}`),
    );
  if (atMost) return tooMany(atMost, topologies);
  if (figure !== undefined) return tooHigh(figure, max!, record, topologies);
  if (versions) return outOfRange(versions, record, topologies);
  if (digests)
    return topologies
      .filter(({ images = [] }) => images.length === 0)
      .map(({ name }) => `${name}: the running images are not recorded`);
  return [];
}

/** Of a word that means several behaviours, those that the topology does not have are fine. */
function notPassed(topology: TopologyRecord, word: string): string[] {
  const { name, problem } = topology;
  const behaviours = judgedOf(topology);
  const one = behaviours.find(({ id }) => id === word);
  const meant = word === 'all' ? behaviours : one ? [one] : behaviours.filter(({ id }) => areaOf(id) === word);
  const decided = one ? meant : meant.filter(({ verdict }) => verdict !== 'not-applicable');
  if (decided.length === 0) {
    const why = problem ? `: ${problem.message.split('\n')[0]}` : '';
    return [`${name}: ${word === 'all' ? 'no behaviour' : word} was ${word === 'all' ? '' : 'not '}run${why}`];
  }
  return decided.filter(({ verdict }) => verdict !== 'passed').map((behaviour) => `${name}: ${outcomeOf(behaviour)}`);
}

function outcomeOf({ id, verdict, known, reason, failures }: Behaviour): string {
  const [failure] = failures;
  const why = failure?.findings?.[0]?.check ?? reason ?? failure?.message;
  return `${id} is ${known ? 'a known issue' : verdict}${why ? `: ${why.split('\n')[0]}` : ''}`;
}

function tooMany(atMost: NonNullable<GateRule['atMost']>, topologies: readonly TopologyRecord[]): string[] {
  const summary = { known: 0, ...summaryOf(topologies) } as Record<string, number>;
  return Object.entries(atMost).flatMap(([outcome, most]) => {
    const count = summary[outcome] ?? 0;
    return most === undefined || count <= most ? [] : [`${count} ${outcome}, at most ${most}`];
  });
}

function tooHigh(pattern: string, max: string, record: RunRecord, topologies: readonly TopologyRecord[]): string[] {
  const names = new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`);
  const figures = figuresOf({ ...record, topologies: [...topologies] }).filter(({ name }) => names.test(name));
  if (figures.length === 0) return [`no measurement is called ${pattern}`];
  return figures.flatMap((figure) => {
    const { value, text } = limitOf(max, figure);
    if (value === undefined) return [`${figure.topology}: ${figure.name} does not have the unit of ${max}`];
    return figure.value <= value ? [] : [`${figure.topology}: ${figure.name} is ${text}, at most ${max}`];
  });
}

/** A limit in the unit of a figure; undefined where it is of another kind. */
function limitOf(max: string, { unit, value }: Figure): { value?: number; text: string } {
  const [, number = '', of = ''] = /^([\d.]+) ?(\w+)$/.exec(max) ?? [];
  if (unit === 'share')
    return { value: of === 'points' ? Number(number) / 100 : undefined, text: `${(value * 100).toFixed(1)} points` };
  const factor = { ms: 1, s: 1000, m: 60_000 }[of];
  return { value: factor === undefined ? undefined : Number(number) * factor, text: formatDuration(value) };
}

function outOfRange(
  { istio, kubernetes, meshproof }: NonNullable<GateRule['versions']>,
  record: RunRecord,
  topologies: readonly TopologyRecord[],
): string[] {
  const planes = topologies.flatMap(({ name, controlPlanes = [] }) =>
    controlPlanes.map(({ id, version }) => ({ what: `${name}: Istio of ${id}`, version })),
  );
  const istios = planes.length > 0 ? planes : [{ what: 'Istio', version: record.environment.istio }];
  const outside = (what: string, version: string, range: string | undefined): string[] =>
    range === undefined || isInRange(version, range) ? [] : [`${what} is ${version}, but must be ${range}`];
  return [
    ...istios.flatMap(({ what, version }) => outside(what, version, istio)),
    ...outside('Kubernetes', record.environment.kubernetes, kubernetes),
    ...outside('meshproof', record.meshproof.version, meshproof),
  ];
}

function worseThan(before: readonly ComparedRecord[], after: readonly ComparedRecord[]): string[] {
  const { verdict, reasons, behaviours } = compareRecords(before, after);
  if (verdict === 'nothing-worse') return [];
  const ids = behaviours
    .filter(({ change }) => change === 'regression' || change === 'fails-more-often' || change === 'not-known')
    .map(({ topology, id }) => `${topology}: ${id}`);
  const shown = ids.length > 10 ? [...ids.slice(0, 10), `and ${ids.length - 10} more`] : ids;
  return [
    ...reasons.map((reason) => `${verdictWords[verdict]}: ${reason}`),
    ...(shown.length > 0 ? [shown.join(', ')] : []),
  ];
}

/** A rule as its file says it, in one line. */
function ruleText({ line: _, reason: __, topologies, ...rule }: PlacedRule): string {
  const said = Object.entries(rule).filter(([, value]) => value !== undefined);
  const words = said.map(([key, value]) => `${key} ${textOf(value)}`).join(', ');
  return topologies ? `${words} on ${topologies.join(', ')}` : words;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${key} ${String(one)}`)
    .join(', ');
}
