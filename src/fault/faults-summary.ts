import { formatDuration } from '../kernel/text.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import type { FaultRecord, FaultRun } from './fault-record.js';

/** What the process ends with: 1 as soon as a fault was not noticed or named, or a false alarm raised. */
export function exitCodeOf(faults: readonly FaultRecord[], interrupted: boolean): ExitCode {
  if (interrupted) return exitCode.interrupted;
  if (faults.some(({ verdict }) => verdict === 'wrong')) return exitCode.failed;
  const noticed = faults.some(({ verdict }) => verdict === 'as-declared');
  return !noticed || faults.some(({ verdict }) => verdict === 'undetermined') ? exitCode.environment : exitCode.passed;
}

/** The table: a line for every fault, then what was not as declared. */
export function summarizeFaults({ faults, run, topology, notes = [] }: FaultRun, dir: string): string {
  const made = faults.filter(({ verdict }) => verdict === 'as-declared' || verdict === 'wrong');
  const rows = made.map((fault) => [
    fault.id,
    fault.noticed ? 'yes' : 'NO',
    fault.finding === undefined ? `none yet${seenBy(fault)}` : fault.named ? fault.finding : `NOT ${fault.finding}`,
    formatDuration(fault.durationMs),
    String(fault.falseAlarms.length),
  ]);
  const others = faults.filter((fault) => !made.includes(fault));
  const right = made.filter(({ verdict }) => verdict === 'as-declared').length;
  const unnamed = made.filter(({ finding }) => finding === undefined).length;
  const counts = [
    `${right} as declared`,
    `${made.length - right} not`,
    `${others.filter(({ verdict }) => verdict === 'undetermined').length} undetermined`,
    `${others.filter(({ verdict }) => verdict === 'not-applicable').length} not applicable`,
    ...(unnamed > 0 ? [`${unnamed} named by no check yet`] : []),
  ];
  return [
    ...columns([['fault', 'noticed', 'named', 'time', 'false alarms'], ...rows]),
    ...others.map(({ id, verdict, reason }) => `${id}: ${verdict}: ${reason}`),
    ...made.flatMap(({ id, missed, falseAlarms }) => [
      ...missed.map((text) => block(`${id} missed`, text)),
      ...falseAlarms.map((text) => block(`${id} false alarm`, text)),
    ]),
    ...faults.flatMap(({ id, left }) => (left ? [block(`${id} not undone`, left)] : [])),
    ...notes.map((note) => block('note', note)),
    '',
    `${topology}: ${counts.join(', ')}`,
    `exit code ${run.exitCode}, report: ${dir}`,
    '',
  ].join('\n');
}

/** What was found where the fault names nothing: perhaps that is what it should name. */
function seenBy({ findings }: FaultRecord): string {
  return findings.length > 0 ? `; seen: ${findings.join(', ')}` : '';
}

function block(title: string, text: string): string {
  return `${title}: ${text.replaceAll('\n', '\n    ')}`;
}
