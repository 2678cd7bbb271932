import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { crossNetworkGateways } from '../gateway-facts.js';
import { otherRevision, revisionLabel, revisionsOf } from '../injectors.js';

export default defineCheck({
  id: 'F-GATEWAY-REVISION',
  title: 'the Gateway that exposes services to other networks has a different revision than istiod',
  hop: 'gateway',
  reads: ['configuration', 'webhooks'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const primary = mesh.primaryOf(cluster);
      const gateways = await crossNetworkGateways(mesh, cluster);
      const served = await revisionsOf(primary);
      const other = gateways.filter((gateway) => otherRevision(gateway, served) !== undefined);
      if (gateways.length === 0 || other.length < gateways.length) return [];
      return other.map(({ metadata }) => ({
        cluster: primary.name,
        object: objectOf('Gateway', metadata),
        facts: { revision: metadata.labels![revisionLabel]!, served },
        says: `${titleOf('Gateway', metadata)} in ${primary.name} has revision ${metadata.labels![revisionLabel]}; istiod in this cluster has revision ${served[0]}`,
        remedy: `kubectl -n ${metadata.namespace} label gateways.networking.istio.io ${metadata.name} ${revisionLabel}-`,
      }));
    }),
});
