import { makeBundle } from '../engine/make-bundle.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof bundle`: one archive for who helps. */
export async function bundleCommand(
  name: string | undefined,
  flags: { file?: string },
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const bundle = await makeBundle(name, flags.file, progress);
  progress.stop();
  print(options, bundle, bundle.file);
  return exitCode.passed;
}
