import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeAtomically } from '../kernel/files.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Finding } from '../record/finding.js';
import { allChecks } from './check-list.js';
import { hops, meets } from './hops.js';
import { findingsOf, lookOnce, secondLook } from './look.js';
import { MeshView } from './mesh-view.js';

/** Milliseconds between the two looks after which a cause counts for all behaviours. */
const apart = 5000;

/** Milliseconds that it counts: after that it must have been seen again. */
const lasts = 60_000;

/** A cause that was seen twice, and when. */
interface KnownCause {
  at: number;
  finding: Finding;
}

function fileOf(folder: string, topology: string): string {
  return path.join(folder, `.cause-${topology}.json`);
}

/**
 * Checks 5 s after a look whether a certain cause persists. If so, the behaviours that it explains stop waiting. A
 * declaration of one behaviour is not a cause for others, so its checks do not run.
 */
export async function confirmCause(state: MeshState, causes: readonly Finding[], folder: string): Promise<void> {
  const certain = causes.filter(({ confidence }) => confidence === 'certain').map(({ check }) => check);
  const asked = allChecks().filter(({ id, reads }) => certain.includes(id) && !reads.includes('declared'));
  if (asked.length === 0) return;
  // the first look is the one that has found it
  const again = await secondLook([], async () => findingsOf(await lookOnce(asked, new MeshView(state))), apart);
  const finding = again.find(({ check, cluster }) =>
    causes.some((one) => one.check === check && one.cluster === cluster),
  );
  if (!finding) return;
  const known: KnownCause = { at: Date.now(), finding };
  await writeAtomically(fileOf(folder, state.plan.topology), JSON.stringify(known));
}

/** The cause that explains behaviours of an area at this moment; undefined where none was seen twice in the last minute. */
export function knownCause(folder: string, topology: string, area: string | undefined): Finding | undefined {
  try {
    const { at, finding } = JSON.parse(readFileSync(fileOf(folder, topology), 'utf8')) as KnownCause;
    const hop = allChecks().find(({ id }) => id === finding.check)?.hop;
    const fits = hop !== undefined && hops.includes(hop) && (area === undefined || meets(area, hop));
    return fits && Date.now() - at < lasts ? finding : undefined;
  } catch {
    // nobody has seen any
    return undefined;
  }
}

/** Forgets it: of a mesh that was mended since nothing is known. */
export function forgetCause(folder: string, topology: string): void {
  rmSync(fileOf(folder, topology), { force: true });
}
