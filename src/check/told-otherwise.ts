import { among, type Outcome, type Problem } from './check.js';
import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';
import { isAlive, proxyOf } from './object-kinds.js';

/** Clusters whose proxies were told another value by a variable than the mesh has. What was told nothing is not looked at. */
export function toldOtherwise(
  mesh: MeshView,
  variable: string,
  expected: (cluster: ClusterView) => string,
  words: (cluster: ClusterView, found: string, pods: readonly string[]) => Pick<Problem, 'says' | 'remedy'>,
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
      return {
        cluster: cluster.name,
        object: `configmap/${cluster.istiod.namespace}/${cluster.istiod.injector}`,
        facts: { variable, found, expected: expected(cluster), pods: of },
        ...words(cluster, found, of),
      };
    });
  });
}
