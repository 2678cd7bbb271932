import { among, type Outcome, type Problem } from './check.js';
import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';
import { isAlive, proxyOf } from './object-kinds.js';

/** Clusters whose proxies were told another value by a variable than the mesh has. What was told nothing is not looked at. */
export function toldOtherwise(
  mesh: MeshView,
  variable: string,
  expected: (cluster: ClusterView) => string,
  words: (cluster: ClusterView, found: string, pods: readonly string[]) => { says: string; value: string },
): Promise<Outcome> {
  return among(mesh.clusters, async (cluster) => {
    const pods = await cluster.listIn('pods', [cluster.gateway.namespace, ...mesh.workloadNamespaces]);
    const told = pods.filter(isAlive).flatMap((pod) => {
      const value = proxyOf(pod)?.env?.find(({ name }) => name === variable)?.value;
      return value === undefined || value === expected(cluster)
        ? []
        : [{ value, pod: `${pod.metadata?.namespace}/${pod.metadata?.name}` }];
    });
    return [...new Set(told.map(({ value }) => value))].map((found) => {
      const of = told.filter(({ value }) => value === found).map(({ pod }) => pod);
      const { says, value } = words(cluster, found, of);
      return {
        cluster: cluster.name,
        facts: { variable, found, expected: expected(cluster), pods: of },
        says,
        ...source(cluster, `${value} to ${expected(cluster)}`),
      };
    });
  });
}

/** Where proxies have such values from: the control plane, or of a remote the path of its webhook. */
function source({ name, network, role, istiod }: ClusterView, value: string): Pick<Problem, 'object' | 'remedy'> {
  if (role === 'remote')
    return {
      object: `mutatingwebhookconfiguration//${istiod.injector}`,
      remedy: `set the path of the injection webhook to /inject/cluster/${name}/net/${network} (values.istiodRemote.injectionPath), then restart these pods`,
    };
  return {
    object: `configmap/${istiod.namespace}/${istiod.injector}`,
    remedy: `set ${value} in the control plane of ${name}, then restart these pods`,
  };
}
