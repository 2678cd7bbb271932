import { diagnose } from '../check/diagnosis.js';
import { lookAtMesh } from '../check/mesh-diagnosis.js';
import type { Diagnosis } from '../record/finding.js';
import { meshThatIsUp } from './kept-meshes.js';

/** Looks at a mesh that is up with every check; changes nothing, and takes the mesh from nobody. */
export async function lookAtRun(runId: string | undefined): Promise<Diagnosis> {
  const state = meshThatIsUp(runId);
  return diagnose(await lookAtMesh(state));
}
