import { among } from '../check.js';
import { gatewayService, readyEndpoints } from '../gateway-facts.js';
import { labelsText } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-NOT-READY',
  title: 'no pod of an east-west gateway is ready',
  hop: 'gateway',
  reads: ['services', 'endpointslices'],
  needs: ['F-POD-TROUBLE'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const { namespace, name } = cluster.gateway;
      if (!(await gatewayService(cluster)) || (await readyEndpoints(cluster, namespace, name)) > 0) return [];
      return [
        {
          cluster: cluster.name,
          object: `deployment/${namespace}/${name}`,
          facts: { ready: 0 },
          says: `no pod of the east-west gateway of ${cluster.name} is ready`,
          remedy: `kubectl -n ${namespace} describe pods -l ${labelsText(cluster.gateway.labels)}`,
        },
      ];
    }),
});
