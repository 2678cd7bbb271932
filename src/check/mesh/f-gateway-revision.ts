import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { crossNetworkGateways } from '../gateway-facts.js';
import { revisionLabel } from '../injectors.js';

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
      const webhooks = await primary.list('mutatingwebhookconfigurations');
      // a tag is a name of a revision
      const tags = webhooks
        .filter(({ metadata }) => metadata.labels?.[revisionLabel] === primary.handle.istio.revision)
        .flatMap(({ metadata }) => metadata.labels?.['istio.io/tag'] ?? []);
      const served = [primary.handle.istio.revision, ...tags];
      const other = gateways.filter(({ metadata }) => {
        const revision = metadata.labels?.[revisionLabel];
        return revision !== undefined && !served.includes(revision);
      });
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
