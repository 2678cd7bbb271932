import { among } from '../check.js';
import { networkLabel } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NETWORK-LABEL-MISSING',
  title: 'the namespace of a control plane lacks the right network label',
  hop: 'endpoint',
  reads: ['namespaces'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const { namespace } = cluster.istiod;
      const found = (await cluster.list('namespaces')).find(({ metadata }) => metadata?.name === namespace);
      const label = found?.metadata?.labels?.[networkLabel];
      if (label === cluster.network) return [];
      return [
        {
          cluster: cluster.name,
          object: `namespace//${namespace}`,
          facts: { found: label ?? null, expected: cluster.network },
          says: `namespace ${namespace} of ${cluster.name} ${label === undefined ? 'has no network label' : `has the label of network ${label}`}; istiod treats pods without a sidecar as local`,
          remedy: `kubectl label namespace ${namespace} --overwrite ${networkLabel}=${cluster.network}`,
        },
      ];
    }),
});
