import type { MeshState } from '../mesh/mesh-state.js';
import { lentNamespacesGone } from '../mesh/remove-mesh.js';
import { lentLabel, runSelector } from '../run/object-labels.js';

/** Waits until the namespaces that were lent on a mesh, and deleted since, are gone. Throws where they stay for too long. */
export function loadsGone({ clusters, runId }: Pick<MeshState, 'clusters' | 'runId'>): Promise<void> {
  return lentNamespacesGone(clusters, { lent: `${lentLabel},${runSelector(runId)}` });
}
