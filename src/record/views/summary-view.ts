import { join } from 'node:path';
import pc from 'picocolors';
import { formatDuration } from '../../kernel/text.js';
import { writeAtomically } from '../../kernel/files.js';
import { changeLines } from '../change-lines.js';
import { verdictText } from '../change-record.js';
import { findingLine } from '../finding.js';
import type { View } from '../view.js';
import { failureLines } from '../failure-lines.js';
import { knownIssueLines } from '../known-issues.js';
import { knownText } from '../known-issue-schema.js';
import {
  shownVerdict,
  verdictOf,
  verdicts,
  type Behaviour,
  type RunRecord,
  type TopologyRecord,
  type Verdict,
} from '../result.js';

const width = 100;

export interface SummaryOptions {
  /** For a terminal; what is pasted into a ticket has none. */
  colour?: boolean;
  /** Where the report is, as the reader should type it; default reports/<run id>. */
  dir?: string;
}

/** The run as plain text that can be pasted into a ticket, at most 100 columns but for commands and single long words. */
export function summarize(record: RunRecord, options: SummaryOptions = {}): string {
  const paint = painter(options.colour === true);
  const { run, machine, environment, meshproof } = record;
  const programs = (['docker', 'kind', 'kubectl', 'istioctl', 'node'] as const)
    .filter((name) => machine[name])
    .map((name) => `${name} ${machine[name]}`);
  const size = `${machine.cpus} CPUs, ${(machine.memoryBytes / 1024 ** 3).toFixed(0)} GiB`;
  const field = (label: string, text: string) => wrap(text, `  ${label.padEnd(12)}`, ' '.repeat(14));
  const lines = [
    `meshproof ${meshproof.version}${meshproof.commit ? ` (${meshproof.commit})` : ''}, run ${run.id}`,
    ...field(
      'started',
      `${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, took ${formatDuration(run.durationMs)}`,
    ),
    ...field('command', run.command.join(' ')),
    ...field('environment', `${environment.name}: Kubernetes ${environment.kubernetes}, Istio ${environment.istio}`),
    ...environment.notes.flatMap((note) => field('', note)),
    ...field(
      'machine',
      `${machine.os}${machine.kernel ? `, Linux ${machine.kernel}` : ''}, ${size}; ${programs.join(', ')}`,
    ),
    ...record.topologies.flatMap((topology) => ['', ...topologyLines(topology, paint)]),
    '',
    ...knownIssueLines(record.knownIssues).flatMap((line) => wrap(line, '', '  ')),
    ...(run.ended === undefined ? [] : wrap(`ended early: ${run.ended}`, '', '  ')),
    `${countsText(record)}${run.interrupted ? ' (interrupted)' : ''}`,
    `exit code ${run.exitCode}, report: ${options.dir ?? `reports/${run.id}`}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export default {
  file: 'summary.txt',
  title: 'Summary (text)',
  write: (dir, record) => writeAtomically(join(dir, 'summary.txt'), summarize(record)),
} satisfies View;

/** `3 passed (1 flaky), 1 failed`; what is none is left out. */
export function countsText({ summary, topologies }: Pick<RunRecord, 'summary' | 'topologies'>): string {
  const parts = verdicts
    .filter((verdict) => summary[verdict] > 0)
    .map(
      (verdict) =>
        `${summary[verdict]} ${verdict}${verdict === 'passed' && summary.flaky > 0 ? ` (${summary.flaky} flaky)` : ''}`,
    );
  if (summary.known) parts.push(`${summary.known} known`);
  for (const { changes = [] } of topologies)
    parts.push(...changes.map(({ id, verdict }) => `change ${id} ${verdictText[verdict]}`));
  return parts.join(', ') || 'no behaviour was run';
}

function topologyLines(
  topology: TopologyRecord,
  paint: (verdict: Verdict | 'flaky' | 'known', text: string) => string,
): string[] {
  const verdict = verdictOf(topology);
  const times = [
    topology.provisioningMs !== undefined && `up after ${formatDuration(topology.provisioningMs)}`,
    topology.provenMs !== undefined &&
      `${verdict === 'passed' ? 'tested' : 'decided'} after ${formatDuration(topology.provenMs)}`,
  ].filter(Boolean);
  const lines = [`${topology.name}: ${paint(verdict, verdict)}${times.length > 0 ? ` (${times.join(', ')})` : ''}`];
  if (topology.problem) {
    const { message, where, expected, remedy } = topology.problem;
    const [first = '', ...more] = message.split('\n');
    lines.push(...wrap(`could not be built or tested: ${where ? `${where}: ` : ''}${first}`, '  ', '    '));
    // a command and its output
    lines.push(...more.map((line) => `  ${line}`));
    if (expected) lines.push(...wrap(`expected: ${expected}`, '    ', '      '));
    if (remedy) lines.push(...wrap(`to do: ${remedy}`, '    ', '      '));
  }
  for (const note of topology.notes ?? []) lines.push(...wrap(`note: ${note}`, '  ', '    '));
  for (const { behaviours, remedy, ...finding } of topology.findings ?? []) {
    const count = behaviours.length;
    const many =
      count > 1 ? `one cause, ${count} behaviours (${behaviours.join(', ')})` : `cause of ${behaviours.join(', ')}`;
    lines.push(...wrap(`${many}: ${findingLine(finding)}`, '  ', '    '));
    lines.push(...wrap(`to do: ${remedy}`, '    ', '      '));
  }
  for (const behaviour of topology.behaviours) lines.push(...behaviourLines(behaviour, paint));
  for (const change of topology.changes ?? [])
    for (const line of changeLines(change)) {
      const indent = `  ${/^ */.exec(line)![0]}`;
      lines.push(...wrap(line.trimStart(), indent, `${indent}  `));
    }
  if (topology.evidence.length > 0)
    lines.push(`  evidence: ${topology.evidence.length} files in evidence/${topology.name}`);
  return lines;
}

function behaviourLines(
  behaviour: Behaviour,
  paint: (verdict: Verdict | 'flaky' | 'known', text: string) => string,
): string[] {
  const word = shownVerdict(behaviour);
  const indent = ' '.repeat(18);
  // the colour must not count as width
  const [first = '', ...rest] = wrap(
    `${behaviour.id.padEnd(8)}${behaviour.title} (${formatDuration(behaviour.durationMs)})`,
    indent,
    `${indent}        `,
  );
  const lines = [`  ${paint(word, word.padEnd(16))}${first.slice(indent.length)}`, ...rest];
  if (behaviour.known) lines.push(...wrap(knownText(behaviour.known), indent, indent));
  if (behaviour.reason) lines.push(...behaviour.reason.split('\n').flatMap((line) => wrap(line, indent, indent)));
  for (const line of behaviour.failures.flatMap(failureLines))
    lines.push(...(line.startsWith('replay: ') ? [indent + line] : wrap(line, indent, `${indent}  `)));
  return lines;
}

/** Breaks at spaces only: a name that is cut in two cannot be searched for. */
function wrap(text: string, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const part of text.split(/(?<=\S)(?= )/)) {
    if (!empty && line.length + part.length > width) {
      lines.push(line);
      line = others + part.trimStart();
    } else {
      line += part;
    }
    empty = false;
  }
  return [...lines, line];
}

function painter(colour: boolean): (verdict: Verdict | 'flaky' | 'known', text: string) => string {
  const { green, red, magenta, yellow, dim } = pc.createColors(colour);
  const colours = {
    passed: green,
    failed: red,
    undetermined: magenta,
    flaky: yellow,
    known: yellow,
    'not-applicable': dim,
    skipped: dim,
  };
  return (verdict, text) => colours[verdict](text);
}
