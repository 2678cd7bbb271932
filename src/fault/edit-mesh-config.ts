import { parse } from 'yaml';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { Breakage } from './breakage.js';
import { patched, type Patch } from './merge-patch.js';
import { meshConfigName } from '../topology/istio-names.js';
import { yamlText } from '../kube/yaml-documents.js';

/** Changes the mesh config of a primary; its istiod takes it up by itself. */
export async function editMeshConfig(cluster: ClusterHandle, breakage: Breakage, patch: Patch): Promise<void> {
  await breakage.edit(cluster, cluster.istio.namespace, `configmap/${meshConfigName(cluster.istio)}`, (object) => {
    const { data } = object as { data: { mesh: string } };
    return { ...object, data: { ...data, mesh: yamlText(patched(parse(data.mesh), patch) as Patch) } };
  });
}
