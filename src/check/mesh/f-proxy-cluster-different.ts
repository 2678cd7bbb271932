import { defineCheck } from '../define-check.js';
import { toldOtherwise } from '../told-otherwise.js';

export default defineCheck({
  id: 'F-PROXY-CLUSTER-DIFFERENT',
  title: 'proxies have a different name for their cluster than the mesh',
  hop: 'control plane',
  reads: ['pods'],
  look: (mesh) =>
    toldOtherwise(
      mesh,
      'ISTIO_META_CLUSTER_ID',
      ({ name }) => name,
      (cluster, found, pods) => ({
        says: `proxies of ${cluster.name} have the cluster name ${found}: ${pods.join(', ')}`,
        value: 'values.global.multiCluster.clusterName',
      }),
    ),
});
