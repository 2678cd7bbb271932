import type { ClusterHandle } from '../provider/cluster-handle.js';
import { features, firstMissing } from '../topology/features.js';
import { projectTopologies } from '../topology/read-topologies.js';
import { failing, meshOf, type Fault, type Mesh } from './fault.js';

/** Ids of the behaviours that must notice a fault, in any of the project's topologies that can have it. */
export function noticedBy(fault: Fault): string[] {
  const can = projectMeshes().filter((mesh) => firstMissing(fault.requires ?? [], mesh.features) === undefined);
  return [...new Set(can.flatMap((mesh) => failing(fault.fails(mesh)).map(([id]) => id)))];
}

/** The meshes that the project's topologies would be, none of which need exist. */
function projectMeshes(): Mesh[] {
  return projectTopologies().map((topology) => {
    const istio = { namespace: '', revision: '' };
    const handles = topology.clusters.map((cluster) => ({ ...cluster, istio, nodes: [] }));
    return meshOf(handles as unknown as ClusterHandle[], features(topology));
  });
}
