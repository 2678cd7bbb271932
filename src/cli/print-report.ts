import { reportPath } from '../engine/report-paths.js';
import type { ReportOutcome } from '../engine/run-report.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { summarize } from '../record/views/summary-view.js';
import { timingsText } from '../record/views/timings-view.js';
import type { GlobalOptions } from './global-options.js';
import type { ProgressDisplay } from './progress-display.js';

/** Prints the summary of a run, or its record, and returns the exit code. Throws (exit 4) what kept the report from being written. */
export function printReport(
  { record, unwritten }: ReportOutcome,
  options: GlobalOptions & { timings: boolean },
  progress: ProgressDisplay,
): ExitCode {
  progress.stop();
  const colour = options.color && Boolean(process.stdout.isTTY);
  const text = summarize(record, { dir: reportPath(record.run.id), colour });
  const timings = options.timings ? `\n${timingsText(record)}\n` : '';
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(record, null, 2)}\n` : timings + text);
  const { exitCode: code } = record.run;
  if (!unwritten) return code as ExitCode;
  // a mesh that was found wrong stays wrong without a report
  if (code === exitCode.failed || code === exitCode.interrupted) {
    progress.note(unwritten.describe());
    return code;
  }
  throw unwritten;
}
