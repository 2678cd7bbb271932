import { among } from '../check.js';
import type { ClusterView } from '../cluster-view.js';
import { addressOf, gatewayService } from '../gateway-facts.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-GATEWAY-NO-ADDRESS',
  title: 'an east-west gateway has no address',
  hop: 'way',
  reads: ['services'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const service = await gatewayService(cluster);
      const { namespace, name } = cluster.gateway;
      if (addressOf(service) !== undefined) return [];
      const type = service?.spec?.type;
      return [
        {
          cluster: cluster.name,
          object: `service/${namespace}/${name}`,
          facts: { service: service !== undefined, type: type ?? null },
          ...(service ? ofService(cluster, type) : ofNone(cluster)),
        },
      ];
    }),
});

function ofNone({ name: cluster, gateway: { namespace, name } }: ClusterView) {
  return { says: `${cluster} has no Service ${namespace}/${name}`, remedy: 'install the east-west gateway' };
}

/** `ClusterIP` is what a Service without a type is. */
function ofService({ name: cluster, gateway: { namespace, name } }: ClusterView, type = 'ClusterIP') {
  const says = `the east-west gateway of ${cluster} has no address, because`;
  return type === 'LoadBalancer'
    ? {
        says: `${says} no load balancer assigned one`,
        remedy: `check the events of the Service: kubectl -n ${namespace} describe service ${name}`,
      }
    : {
        says: `${says} its Service has type ${type}`,
        remedy: `kubectl -n ${namespace} patch service ${name} -p '{"spec":{"type":"LoadBalancer"}}'`,
      };
}
