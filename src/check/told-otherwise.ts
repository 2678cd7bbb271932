import type { V1Pod } from '@kubernetes/client-node';
import { among, type Outcome, type Problem } from './check.js';
import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';
import { isAlive, proxyOf } from './object-kinds.js';

const networkLabel = 'topology.istio.io/network';

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
        : [{ value, pod: `${pod.metadata?.namespace}/${pod.metadata?.name}`, own: saysItself(pod, variable) }];
    });
    return [...new Set(told.map(({ value }) => value))].map((found) => {
      const alike = told.filter(({ value }) => value === found);
      const of = alike.map(({ pod }) => pod);
      const { says, value } = words(cluster, found, of);
      return {
        cluster: cluster.name,
        facts: { variable, found, expected: expected(cluster), pods: of },
        says,
        ...(alike.every(({ own }) => own)
          ? ofPod(of[0]!, variable)
          : source(cluster, `${value} to ${expected(cluster)}`)),
      };
    });
  });
}

/** Whether the pod's own template says so, not the control plane. The label of the network is no sign: the injector adds it too. */
function saysItself({ metadata }: V1Pod, variable: string): boolean {
  return metadata?.annotations?.['proxy.istio.io/config']?.includes(variable) === true;
}

function ofPod(pod: string, variable: string): Pick<Problem, 'object' | 'remedy'> {
  const label = variable === 'ISTIO_META_NETWORK' ? `, and the label ${networkLabel},` : '';
  return {
    object: `pod/${pod}`,
    remedy: `remove ${variable} from the annotation proxy.istio.io/config${label} in the template of these pods`,
  };
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
