import type { LimitOptions, MeshFlags } from '../engine/engine-options.js';
import { makeMesh } from '../engine/make-mesh.js';
import { keep } from '../engine/ownership.js';
import { removeRuns } from '../engine/remove-runs.js';
import type { Filters } from '../engine/selection.js';
import { testMesh } from '../engine/test-mesh.js';
import { exitCode, severalErrors, type ExitCode } from '../kernel/errors.js';
import { planWithoutSecrets } from '../plan/plan-secrets.js';
import { agreeWith } from './agree.js';
import { failureText } from './failure-text.js';
import type { GlobalOptions } from './global-options.js';
import { printReport } from './print-report.js';
import type { ProgressDisplay } from './progress-display.js';

/** `meshproof up`: builds a mesh and leaves it, for `test`, `status` and `down`. */
export async function upCommand(
  name: string,
  flags: MeshFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const { state } = await makeMesh(name, flags, options, progress, agreeWith(options));
  keep(state.runId, progress);
  progress.stop();
  const printed = { ...state, plan: planWithoutSecrets(state.plan) };
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(printed, null, 2)}\n` : `${state.runId}\n`);
  return exitCode.passed;
}

/** `meshproof test`: proves the behaviours of a mesh that is up; it is left as it was. */
export async function testCommand(
  runId: string | undefined,
  args: readonly string[],
  flags: MeshFlags & Filters & LimitOptions,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const outcome = await testMesh(runId, args, flags, progress);
  const code = printReport(outcome, { ...options, timings: false }, progress);
  if (outcome.failure) process.stderr.write(`${failureText(outcome.failure, options.debug)}\n`);
  return code;
}

/** `meshproof down`: removes runs with everything that they made. */
export async function downCommand(
  runIds: readonly string[],
  flags: { force?: boolean },
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const { removed, errors } = await removeRuns(runIds, flags, progress);
  progress.stop();
  const lines = removed.map(({ runId }) => `${runId} removed\n`).join('');
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(removed, null, 2)}\n` : lines);
  if (errors.length > 0) throw severalErrors(errors, 'meshproof status');
  return exitCode.passed;
}
