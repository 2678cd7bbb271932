import type { Command } from 'commander';
import { interruption } from '../kernel/cancellation.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { readOptions } from './config.js';
import { failureText } from './failure-text.js';
import { listenForInterrupts } from './interrupt.js';
import type { GlobalOptions } from './global-options.js';
import { createProgress, type ProgressDisplay } from './progress-display.js';
import { end } from './streams.js';
import { listenForUncaught } from './uncaught.js';
import { uncaught } from '../kernel/stop-reasons.js';

/**
 * Wires a command: options, progress display, interrupts; whatever is thrown becomes a message and an exit code. Without
 * `project`, the files of the user's project are not read: what removes something works whatever they say.
 */
export function action<Args extends unknown[]>(
  work: (options: GlobalOptions, progress: ProgressDisplay, ...args: Args) => Promise<ExitCode> | ExitCode,
  { project = true } = {},
) {
  return async (...args: unknown[]): Promise<void> => {
    const command = args.at(-1) as Command;
    const given = command.optsWithGlobals<GlobalOptions>();
    if (!given.color) process.env['NO_COLOR'] = '1';
    const progress = createProgress();
    listenForInterrupts((text) => progress.note(text));
    listenForUncaught((text) => progress.note(text));
    if (given.verbose) {
      const { onSpan } = await import('../kernel/spans.js');
      onSpan(({ command, pause, cluster, start, end, exit }) => {
        if (pause) return;
        progress.note(
          `${cluster ? `${cluster}: ` : ''}${command} (${((end - start) / 1000).toFixed(1)} s, exit ${exit ?? 'none'})`,
        );
      });
    }
    let code: ExitCode;
    try {
      if (process.env['MESHPROOF_DOCKER'] || process.env['MESHPROOF_KUBECTL']) {
        const { useNamedPrograms } = await import('../engine/programs-on-path.js');
        await useNamedPrograms();
      }
      // read here, so that what is wrong with a file is told as everything else is
      const options = project ? await readOptions(given) : given;
      code = await work(options, progress, ...(args.slice(0, -1) as Args));
      progress.stop();
      const crash = uncaught();
      if (crash) process.stderr.write(`${failureText(crash, given.debug)}\n`);
      if (crash && code === exitCode.passed) code = exitCode.environment;
    } catch (thrown) {
      const error: unknown = interruption.signal.aborted ? interruption.signal.reason : thrown;
      progress.stop();
      // errors after the interrupt, such as a failed removal, must be reported as well
      const said = new Set([thrown, error]);
      for (const one of said) process.stderr.write(`${failureText(one, given.debug)}\n`);
      code = (error as { code?: unknown }).code as ExitCode;
      if (!Object.values(exitCode).includes(code)) code = exitCode.environment;
    }
    await end(code);
  };
}
