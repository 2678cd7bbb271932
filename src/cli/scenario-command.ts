import { chooseScenario, scenarioRows } from '../engine/choose-scenario.js';
import { scenarioOnRun, scenarioOnTopology, type ScenarioFlags } from '../engine/play-scenario.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import { documentedTopologies } from '../topology/documented-topologies.js';
import { agreeWith } from './agree.js';
import { failureText } from './failure-text.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import { printReport } from './print-report.js';
import type { ProgressDisplay } from './progress-display.js';

/** What `scenario` is asked. */
export interface ScenarioCommandFlags extends ScenarioFlags {
  /** A mesh that is up. */
  run?: string;
}

/** `meshproof scenario`: plays losses and rotations on a mesh under load. */
export async function scenarioCommand(
  id: string,
  name: string | undefined,
  flags: ScenarioCommandFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  const scenario = chooseScenario(id);
  if (name !== undefined && flags.run !== undefined)
    throw new MeshproofError(`use either --run ${flags.run} or topology ${name}, not both`, exitCode.usage, {
      expected: 'a topology, or --run with the id of a running mesh (meshproof status)',
    });
  const outcome =
    flags.run === undefined
      ? await scenarioOnTopology(
          scenario,
          name ?? documentedTopologies[0]!,
          flags,
          { ...options, ...flags },
          progress,
          agreeWith(options),
        )
      : await scenarioOnRun(scenario, flags.run, flags, progress);
  const code = printReport(outcome, { ...options, timings: false }, progress);
  if (outcome.failure) process.stderr.write(`${failureText(outcome.failure, options.debug)}\n`);
  return code;
}

/** `meshproof scenarios`: every scenario, and what it needs. */
export function scenariosCommand(options: GlobalOptions): ExitCode {
  const rows = scenarioRows();
  const lines = rows.map(({ id, needs, title }) => [id, needs.join(', ') || '-', title]);
  print(options, rows, columns([['scenario', 'needs', 'what happens'], ...lines]).join('\n'));
  return exitCode.passed;
}
