import { join } from 'node:path';
import { escapeMarkup } from '../../kernel/text.js';
import { writeAtomically } from '../../kernel/files.js';
import type { View } from '../view.js';
import { changeCases, type ChangeCase } from './change-cases.js';
import { failureLines } from '../failure-lines.js';
import { knownIssueLines } from '../known-issues.js';
import { knownText } from '../known-issue-schema.js';
import { type Behaviour, type RunRecord, type TopologyRecord } from '../result.js';

/**
 * The record as JUnit XML, as far as JUnit has words for it: undetermined is an <error>, not applicable and skipped are
 * <skipped> with the reason. Flaky is Surefire's <flakyFailure>, which leaves the case passed, and a property as well,
 * for readers that do not know the element.
 */
export function junit(record: RunRecord): string {
  const suites = record.topologies.map((topology) => suite(topology, record));
  const cases = record.topologies.flatMap(countedCases);
  const counts = countAttributes(cases, record.knownIssues?.filter(({ state }) => state === 'expired').length);
  const body = element(
    'testsuites',
    { name: `meshproof ${record.run.id}`, ...counts, time: seconds(record.run.durationMs) },
    [...suites, ...expiredSuite(record)],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`;
}

export default {
  file: 'junit.xml',
  title: 'JUnit',
  write: (dir, record) => writeAtomically(join(dir, 'junit.xml'), junit(record)),
} satisfies View;

/** Everything of a topology that is a test case. */
function countedCases({ behaviours, problem, changes = [] }: TopologyRecord): Counted[] {
  return [...behaviours, ...(problem ? ['problem' as const] : []), ...changes.flatMap(changeCases)];
}

type Counted = Behaviour | ChangeCase | 'problem';

function changeCase({ name, seconds: time, outcome, message, text }: ChangeCase, topology: string): string {
  const type = { passed: undefined, failed: 'failure', undetermined: 'error' }[outcome];
  const body = type ? [element(type, { message: firstLine(message), type: outcome }, [], text)] : [];
  return element('testcase', { classname: `${topology}.change`, name, time }, body);
}

function suite(topology: TopologyRecord, { run, environment, meshproof }: RunRecord): string {
  const changes = (topology.changes ?? []).flatMap(changeCases).map((one) => changeCase(one, topology.name));
  const cases = [...topology.behaviours.map(testcase), ...changes];
  if (topology.problem) {
    const { message, where, expected, remedy } = topology.problem;
    const text = [
      where ? `${where}: ${message}` : message,
      expected && `expected: ${expected}`,
      remedy && `to do: ${remedy}`,
    ]
      .filter(Boolean)
      .join('\n');
    const error = element('error', { message: firstLine(message), type: 'not built' }, [], text);
    cases.unshift(
      element('testcase', { classname: topology.name, name: 'the mesh is built and can be proven', time: '0' }, [
        error,
      ]),
    );
  }
  const properties = {
    'run.id': run.id,
    'meshproof.version': meshproof.version,
    environment: environment.name,
    kubernetes: environment.kubernetes,
    istio: environment.istio,
    'topology.file': topology.file,
    ...(topology.fileSha256 && { 'topology.fileSha256': topology.fileSha256 }),
  };
  const attributes = {
    name: topology.name,
    ...countAttributes(countedCases(topology)),
    time: seconds(topology.behaviours.reduce((sum, behaviour) => sum + behaviour.durationMs, 0)),
    timestamp: (topology.behaviours[0]?.startedAt ?? run.startedAt).replace(/(\.\d+)?Z$/, ''),
  };
  return element('testsuite', attributes, [propertiesElement(properties), ...cases]);
}

/** Entries of known issues whose day is over: they make the run red, so that a CI system must show them. */
function expiredSuite({ knownIssues = [] }: RunRecord): string[] {
  const expired = knownIssues.filter(({ state }) => state === 'expired');
  if (expired.length === 0) return [];
  const cases = knownIssueLines(expired).map((message) =>
    element('testcase', { classname: 'known issues', name: message, time: '0' }, [
      element('failure', { message, type: 'expired' }),
    ]),
  );
  const count = String(cases.length);
  return [
    element('testsuite', { name: 'known issues', tests: count, failures: count, errors: '0', skipped: '0' }, cases),
  ];
}

function testcase(behaviour: Behaviour): string {
  const { id, title, area, topology, verdict, flaky, reason, known } = behaviour;
  const text = behaviour.failures.flatMap(failureLines).join('\n');
  const [failure] = behaviour.failures;
  const message = firstLine((failure && failureLines(failure)[0]) ?? reason ?? '');
  const finding = failure?.findings?.[0]?.check;
  const type = finding ?? verdict;
  const outcome: string[] = [];
  if (known) outcome.push(element('skipped', { message: knownText(known) }));
  else if (verdict === 'failed') outcome.push(element('failure', { message, type }, [], text));
  if (verdict === 'undetermined')
    outcome.push(
      element(
        'error',
        { message: firstLine(reason ?? message), type: verdict },
        [],
        [reason, text].filter(Boolean).join('\n'),
      ),
    );
  if (verdict === 'not-applicable' || verdict === 'skipped')
    outcome.push(element('skipped', { message: `${verdict}: ${reason ?? 'no reason given'}` }));
  if (flaky) outcome.push(element('flakyFailure', { message, type: 'flaky' }, [], text));
  const properties = propertiesElement({
    id,
    verdict,
    flaky: String(flaky),
    ...(finding && { finding }),
    ...(known && { knownIssue: known.link }),
  });
  const attributes = { classname: `${topology}.${area}`, name: `${id} ${title}`, time: seconds(behaviour.durationMs) };
  return element('testcase', attributes, [properties, ...outcome]);
}

function countAttributes(cases: readonly Counted[], expired = 0): Record<string, string> {
  const outcomeOf = (one: Counted): string => {
    if (one === 'problem') return 'undetermined';
    if ('outcome' in one) return one.outcome;
    return one.known ? 'skipped' : one.verdict;
  };
  const count = (...verdicts: string[]) => String(cases.filter((one) => verdicts.includes(outcomeOf(one))).length);
  return {
    tests: String(cases.length + expired),
    failures: String(Number(count('failed')) + expired),
    errors: count('undetermined'),
    skipped: count('not-applicable', 'skipped'),
  };
}

function propertiesElement(properties: Record<string, string>): string {
  const items = Object.entries(properties).map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, items);
}

function element(name: string, attributes: Record<string, string>, children: string[] = [], text = ''): string {
  // a parser turns a line break in an attribute into a space
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeMarkup(value).replaceAll('\n', '&#10;')}"`,
  );
  const open = `<${name}${written.join('')}`;
  if (children.length === 0 && text === '') return `${open}/>`;
  const content = text === '' ? `\n${children.join('\n')}\n` : escapeMarkup(text);
  return `${open}>${content}</${name}>`;
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.slice(0, 300);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
