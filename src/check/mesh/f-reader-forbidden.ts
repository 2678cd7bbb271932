import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

/** What every istiod reads of another cluster. */
const needed = ['services', 'pods', 'nodes', 'namespaces', 'endpointslices.discovery.k8s.io'];

export default defineCheck({
  id: 'F-READER-FORBIDDEN',
  title: "the service account for other clusters' istiod lacks rights",
  hop: 'control plane',
  reads: ['rights'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const { namespace } = cluster.istiod;
      const account = 'istio-reader-service-account';
      const may = await Promise.all(needed.map((resource) => cluster.readerMay(account, resource)));
      const missing = needed.filter((_, i) => !may[i]);
      if (missing.length === 0) return [];
      return [
        {
          cluster: cluster.name,
          object: `serviceaccount/${namespace}/${account}`,
          facts: { missing },
          says: `${account} of ${cluster.name} may not list ${missing.join(', ')}, so other clusters cannot read this one`,
          remedy: 'restore ClusterRole istio-reader-clusterrole and its binding, or reinstall the control plane',
        },
      ];
    }),
});
