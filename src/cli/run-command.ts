import { runTopologies } from '../engine/run-topologies.js';
import type { ExitCode } from '../kernel/errors.js';
import { agreeWith } from './agree.js';
import { failureText } from './failure-text.js';
import type { RunCommandOptions } from './global-options.js';
import { printReport } from './print-report.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof run`. */
export async function runCommand(
  names: readonly string[],
  args: readonly string[],
  options: RunCommandOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const outcome = await runTopologies(names, args, options, progress, agreeWith(options));
  const code = printReport(outcome, options, progress);
  if (outcome.failure) process.stderr.write(`${failureText(outcome.failure, options.debug)}\n`);
  return code;
}
