import { chooseFaults, coverageRows, faultRows } from '../engine/choose-faults.js';
import { runFaults, type FaultFlags } from '../engine/run-faults.js';
import { reportPath } from '../engine/report-paths.js';
import type { FaultRun } from '../fault/fault-record.js';
import { summarizeFaults } from '../fault/faults-summary.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import { agreeWith } from './agree.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** Options of `faults`. */
export interface FaultsFlags extends FaultFlags {
  list?: boolean;
  coverage?: boolean;
}

/** `meshproof faults`: breaks a real mesh in known ways, or lists them. */
export async function faultsCommand(
  name: string | undefined,
  flags: FaultsFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  if (flags.list) return listFaults(name, flags.only, options);
  // a word of --only that names no fault is refused here too
  chooseFaults(flags.only);
  if (flags.coverage) return listCoverage(options);
  const tell = (record: FaultRun): void => {
    progress.stop();
    const text = summarizeFaults(record, reportPath(record.run.id));
    process.stdout.write(options.output === 'json' ? `${JSON.stringify(record, null, 2)}\n` : text);
  };
  return runFaults(name, flags, options, progress, agreeWith(options), tell);
}

function listFaults(name: string | undefined, only: readonly string[] | undefined, options: GlobalOptions): ExitCode {
  const rows = faultRows(name, chooseFaults(only));
  const lines = rows.map(({ id, finding, requires, title, notApplicable }) => [
    id,
    finding,
    notApplicable ?? (requires.join(', ') || 'all'),
    title,
  ]);
  print(options, rows, columns([['fault', 'finding', 'applies to', 'title'], ...lines]).join('\n'));
  return exitCode.passed;
}

async function listCoverage(options: GlobalOptions): Promise<ExitCode> {
  const rows = await coverageRows();
  const lines = rows.map(({ id, faults }) => [id, faults.join(', ') || 'none']);
  print(options, rows, columns([['behaviour', 'faults that make it fail'], ...lines]).join('\n'));
  return exitCode.passed;
}
