import { guardMesh, type GuardFlags, type GuardTarget } from '../engine/guard-mesh.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { program } from '../kernel/project-files.js';
import { failureText } from './failure-text.js';
import type { GlobalOptions } from './global-options.js';
import { printReport } from './print-report.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof guard`: a command of the user's under load, on a run's mesh or on any. */
export async function guardCommand(
  target: GuardTarget,
  command: readonly string[],
  flags: GuardFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  if (command.length === 0) {
    throw new MeshproofError('the command to guard is missing', exitCode.usage, {
      expected: 'a command after --',
      remedy: `${program} guard -- helm upgrade istiod ./charts/istiod -n istio-system`,
    });
  }
  if (target.run !== undefined && target.contexts.length > 0) {
    throw new MeshproofError('use either a run id or --context, not both', exitCode.usage, {
      expected: 'the id of a run, or --context for each cluster of a mesh',
      remedy: `for a mesh without a run: ${program} guard ${target.contexts.map((one) => `--context ${one}`).join(' ')} -- ...`,
    });
  }
  if (target.kubeconfig !== undefined && target.contexts.length === 0) {
    throw new MeshproofError('--kubeconfig needs --context', exitCode.usage, {
      expected: 'the contexts of all clusters of the mesh in that file',
      remedy: `name them: ${program} guard --kubeconfig ${target.kubeconfig} --context ... -- ...`,
    });
  }
  const outcome = await guardMesh(target, command, flags, options, progress);
  const code = printReport(outcome, { ...options, timings: false }, progress);
  if (outcome.failure) process.stderr.write(`${failureText(outcome.failure, options.debug)}\n`);
  return code;
}
