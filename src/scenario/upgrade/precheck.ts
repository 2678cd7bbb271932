import { deprecationsIn } from '../../evidence/deprecations.js';
import { run } from '../../kernel/run-program.js';
import { istioctlOf } from '../../supply/program-paths.js';
import { minorOf } from '../../topology/version.js';
import { reach } from '../mesh-parts.js';
import type { ActContext } from '../scenario.js';
import type { Upgrade } from './upgrade.js';

/** Seconds for `istioctl x precheck`, which reads every pod and all of Istio's configuration. */
const limit = 60;

/**
 * Asks the istioctl of the new version what would keep each primary from it, and what its defaults change; then each cluster what it
 * uses that is deprecated. What they say becomes marks. Throws (exit 4) where istioctl finds an error.
 */
export async function precheck(context: ActContext, { from, to, clusters }: Upgrade): Promise<void> {
  const program = istioctlOf(context.programs, to);
  for (const { cluster, before } of clusters) {
    if (before.servedBy) continue;
    const { kubeconfig } = reach(context, cluster);
    const args = ['x', 'precheck', '--from-version', minorOf(from), '-i', before.namespace];
    const text = await run(program, ['--kubeconfig', kubeconfig, ...args], { cluster, timeout: limit });
    for (const line of findingsIn(text)) context.mark(`precheck of ${cluster}: ${line}`);
  }
  for (const { cluster } of clusters) {
    const { found, unknown } = await deprecationsIn(reach(context, cluster));
    for (const one of found) context.mark(`deprecated in ${one}`);
    for (const one of unknown) context.mark(`deprecations could not be read: ${one}`);
  }
}

/** What `istioctl x precheck` has found, a line each: `Warning [IST0136] (...) ...`. Exported for its test. */
export function findingsIn(text: string): string[] {
  return text.split('\n').filter((line) => /^(?:Info|Warning|Error) \[/.test(line));
}
