import { defineCheck } from '../define-check.js';
import { toldOtherwise } from '../told-otherwise.js';

export default defineCheck({
  id: 'F-PROXY-CLUSTER-DIFFERENT',
  title: 'proxies were told another name of their cluster than the mesh knows it by',
  hop: 'control plane',
  reads: ['pods'],
  look: (mesh) =>
    toldOtherwise(
      mesh,
      'ISTIO_META_CLUSTER_ID',
      ({ name }) => name,
      (cluster, found, pods) => ({
        says: `proxies of ${cluster.name} were told that their cluster is ${found}: ${pods.join(', ')}`,
        remedy: `set values.global.multiCluster.clusterName to ${cluster.name} in the control plane there, then restart these pods`,
      }),
    ),
});
