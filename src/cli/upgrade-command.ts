import { planUpgrade } from '../engine/plan-upgrade.js';
import { upgradeRun, upgradeTopology, type UpgradeRun } from '../engine/upgrade-mesh.js';
import { exitCode, MeshproofError, type ExitCode } from '../kernel/errors.js';
import { upgradeActs } from '../scenario/upgrade/upgrade-acts.js';
import { agreeWith } from './agree.js';
import { describeUpgrade } from './describe-upgrade.js';
import { failureText } from './failure-text.js';
import type { GlobalOptions } from './global-options.js';
import { printReport } from './print-report.js';
import { print } from './print.js';
import type { ProgressDisplay } from './progress-display.js';

/** What `upgrade` is asked. */
export interface UpgradeCommandFlags extends UpgradeRun {
  /** A mesh that is up. */
  run?: string;
  /** Only prints the acts. */
  plan: boolean;
}

/** `meshproof upgrade`: changes the version of Istio in a mesh, or prints how it would. */
export async function upgradeCommand(
  name: string | undefined,
  flags: UpgradeCommandFlags,
  options: GlobalOptions,
  progress: ProgressDisplay,
): Promise<ExitCode> {
  refuseContradictions(name, flags);
  const asked = { ...options, ...flags };
  if (flags.plan) return printPlan(name!, asked, options);
  const outcome =
    flags.run === undefined
      ? await upgradeTopology(name!, flags, asked, progress, agreeWith(options))
      : await upgradeRun(flags.run, flags, asked, progress);
  const code = printReport(outcome, { ...options, timings: false }, progress);
  if (outcome.failure) process.stderr.write(`${failureText(outcome.failure, options.debug)}\n`);
  return code;
}

async function printPlan(name: string, flags: UpgradeCommandFlags, options: GlobalOptions): Promise<ExitCode> {
  const { strategy, order, from = 'previous', to = 'newest' } = flags;
  const { upgrade, plan } = await planUpgrade(name, { strategy, order, from, to }, { ...options, ...flags });
  const acts = upgradeActs(upgrade, plan);
  const rows = acts.map(({ id, title, cluster, holds }) => ({ id, title, cluster, holds }));
  print(options, { from: upgrade.from, to: upgrade.to, strategy, acts: rows }, describeUpgrade(upgrade, acts));
  return exitCode.passed;
}

function refuseContradictions(name: string | undefined, flags: UpgradeCommandFlags): void {
  const { run, resume, rollback, plan } = flags;
  const wrong =
    name === undefined && run === undefined
      ? 'a topology or --run is missing'
      : name !== undefined && run !== undefined
        ? `--run ${run} is a running mesh, and ${name} would be a second one`
        : (resume || rollback) && run === undefined
          ? `${resume ? '--resume' : '--rollback'} needs a running mesh`
          : resume && rollback
            ? '--resume and --rollback exclude each other'
            : plan && run !== undefined
              ? '--plan needs a topology'
              : undefined;
  if (wrong === undefined) return;
  throw new MeshproofError(wrong, exitCode.usage, {
    expected: 'a topology, or --run with the id of a running mesh (meshproof status)',
  });
}
