import type { MeshState } from '../mesh/mesh-state.js';
import type { Diagnosis } from '../record/finding.js';
import { allChecks } from './check-list.js';
import type { Declared } from './declared.js';
import { diagnose, type Question } from './diagnosis.js';
import { lookTwice, type Outcomes } from './look.js';
import { MeshView, type LookOptions } from './mesh-view.js';
import { sharedLook } from './shared-look.js';

/** What a failed behaviour knows of itself. */
export interface Scene extends Question {
  /** Its own namespaces. */
  own: readonly string[];
  declared: Declared;
  /** When it failed; what was seen before says nothing of it. */
  since: number;
}

/** Looks at a mesh with every check, or with some. */
export function lookAtMesh(state: MeshState, look?: LookOptions, checks = allChecks()): Promise<Outcomes> {
  return lookTwice(checks, () => new MeshView(state, look));
}

/**
 * Looks for the cause of a failed behaviour. It examines the mesh once for all behaviours that fail at the same moment;
 * their processes share the result in a file in `folder`. It also examines what the behaviour has created.
 */
export async function explain(state: MeshState, scene: Scene, folder: string | undefined): Promise<Diagnosis> {
  const { own, declared, since } = scene;
  const checks = allChecks();
  // what a behaviour has declared is known to itself alone
  const ofScene = checks.filter(({ reads }) => reads.includes('declared'));
  const ofMesh = checks.filter((check) => !ofScene.includes(check));
  const [ofAll, ofOne] = await Promise.all([
    sharedLook(folder, state.plan.topology, since, () => lookTwice(ofMesh, () => new MeshView(state))),
    lookTwice(ofScene, () => new MeshView(state, { own, declared })),
  ]);
  return diagnose(new Map([...ofAll, ...ofOne]), { ...scene, intended: declared.intended });
}
