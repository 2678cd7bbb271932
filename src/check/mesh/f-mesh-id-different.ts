import { among } from '../check.js';
import { isAlive, proxyOf } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-MESH-ID-DIFFERENT',
  title: 'proxies have a different mesh ID',
  hop: 'telemetry',
  reads: ['pods'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const expected = mesh.plan.istio.meshID;
      const pods = await cluster.listIn('pods', [cluster.gateway.namespace, ...mesh.workloadNamespaces]);
      const told = pods.filter(isAlive).flatMap((pod) => {
        const id = proxyOf(pod)?.env?.find(({ name }) => name === 'ISTIO_META_MESH_ID')?.value;
        return id === undefined || id === expected
          ? []
          : [{ id, pod: `${pod.metadata?.namespace}/${pod.metadata?.name}` }];
      });
      return [...new Set(told.map(({ id }) => id))].map((id) => {
        const of = told.filter((one) => one.id === id).map(({ pod }) => pod);
        return {
          cluster: cluster.name,
          object: `configmap/${cluster.istiod.namespace}/${cluster.istiod.injector}`,
          facts: { found: id, expected, pods: of },
          says: `proxies of ${cluster.name} have the mesh ID ${id} instead of ${expected}: ${of.join(', ')}`,
          remedy: `set values.global.meshID to ${expected} in the control plane of ${cluster.istiod.cluster}, then restart these pods`,
        };
      });
    }),
});
