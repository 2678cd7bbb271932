import { findingLine } from './finding.js';
import type { Failure } from './result.js';

/** `12 × v1, 8 × v2`, the most frequent first. */
export function histogramText(histogram: Record<string, number>): string {
  return Object.entries(histogram)
    .sort(([, a], [, b]) => b - a)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(', ');
}

/** Findings beside the first that a text shows. */
const shown = 3;

/**
 * A failure as lines of plain text: the finding that explains it, the message whole, then what it does not say already. The same words are on the
 * terminal, in the summary and in JUnit.
 */
export function failureLines(failure: Failure): string[] {
  const { message } = failure;
  const [finding, ...more] = failure.findings ?? [];
  const lines = message.split('\n');
  if (failure.cluster && !message.includes(failure.cluster)) lines[0] = `${failure.cluster}: ${lines[0]}`;
  const add = (label: string, value: string | undefined) => {
    if (value === undefined || new RegExp(`^\\s*${label}:`, 'm').test(message)) return;
    const [first, ...rest] = value.split('\n');
    lines.push(`${label}: ${first}`, ...rest.map((line) => `  ${line}`));
  };
  add('expected', failure.expected);
  add('got', failure.got);
  add('histogram', failure.histogram && histogramText(failure.histogram));
  add('attempts', failure.attempts?.toString());
  if (finding) add('to do', finding.remedy);
  for (const other of more.slice(0, shown)) lines.push(`also: ${findingLine(other)}`);
  if (more.length > shown) lines.push(`and ${more.length - shown} more findings in the record`);
  add('replay', failure.replay);
  // print it once, even if the message already begins with it
  return finding && lines[0] !== findingLine(finding) ? [findingLine(finding), ...lines] : lines;
}
