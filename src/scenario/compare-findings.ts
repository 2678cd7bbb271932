import { allChecks } from '../check/check-list.js';
import { diagnose } from '../check/diagnosis.js';
import { lookAtMesh } from '../check/mesh-diagnosis.js';
import type { LookOptions } from '../check/mesh-view.js';
import { currentSignal } from '../kernel/cancellation.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Diagnosis, Finding } from '../record/finding.js';

/** In the place of an id where nothing could be read. */
const everyCheck = 'every check';

/** What a look at a mesh came to. */
export type Looked = Pick<Diagnosis, 'unknown'> & { findings: Finding[] };

/** A mesh that is known by its clusters alone, as it is at a moment. */
export interface SeenMesh {
  mesh: MeshState;
  look: LookOptions;
}

/** Looks at a mesh that is read anew, because the change may have moved or replaced what was found. One that cannot be read is unknown. */
export async function lookAtSeen(seen: () => Promise<SeenMesh>): Promise<Looked> {
  try {
    const { mesh, look } = await seen();
    return await lookAtAll(mesh, look);
  } catch (error) {
    if (currentSignal().aborted) throw error;
    return { findings: [], unknown: [{ check: everyCheck, missing: (error as Error).message }] };
  }
}

/**
 * Looks at a mesh with every check. Where all of them must be known, one that cannot tell is asked once more: an API server may have been
 * late.
 */
export async function lookAtAll(mesh: MeshState, look?: LookOptions): Promise<Looked> {
  const outcomes = new Map(await lookAtMesh(mesh, look));
  const silent = allChecks().filter(({ id }) => look && outcomes.get(id)?.is === 'cannot tell');
  if (silent.length > 0) for (const [id, outcome] of await lookAtMesh(mesh, look, silent)) outcomes.set(id, outcome);
  const { causes, follows, unknown } = diagnose(outcomes);
  return { findings: [...causes, ...follows], unknown };
}

/** What is found now and was not before, by check, cluster and object. */
export function newFindings(before: Looked, after: Looked): Finding[] {
  const key = ({ check, cluster, object }: Finding): string => `${check} ${cluster} ${workloadIn(object)}`;
  const known = new Set(before.findings.map(key));
  return after.findings.filter((finding) => !known.has(key(finding)));
}

/** `pod/shop/cart-5d9c7b6f4-x2x4z` is another pod after a roll-out, of the same workload. */
function workloadIn(object: string | undefined): string | undefined {
  return object?.replace(/^(pod\/[^/]+\/.+?)(-[a-z0-9]{6,10})?-[a-z0-9]{5}$/, '$1');
}

/** The same where every check must be known before and after: one that was silent at either time says nothing of the change. */
export function certainlyNew(before: Looked, after: Looked): { worse: Finding[]; unknown: string[] } {
  const silent = new Map(before.unknown.map(({ check, missing }) => [check, `unknown before the change: ${missing}`]));
  for (const { check, missing } of after.unknown) silent.set(check, `unknown after the change: ${missing}`);
  const blind = silent.has(everyCheck);
  return {
    worse: blind ? [] : newFindings(before, after).filter(({ check }) => !silent.has(check)),
    unknown: [...silent].map(([check, why]) => `${check}: ${why}`),
  };
}
