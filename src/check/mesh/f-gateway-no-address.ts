import { among } from '../check.js';
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
      const type = service?.spec?.type ?? 'ClusterIP';
      const unasked = service !== undefined && type !== 'LoadBalancer';
      return [
        {
          cluster: cluster.name,
          object: `service/${namespace}/${name}`,
          facts: { service: service !== undefined, type: service?.spec?.type ?? null },
          says: unasked
            ? `the east-west gateway of ${cluster.name} has no address, because its Service has type ${type}`
            : service
              ? `the east-west gateway of ${cluster.name} has no address, because no load balancer assigned one`
              : `${cluster.name} has no Service ${namespace}/${name}`,
          remedy: unasked
            ? `kubectl -n ${namespace} patch service ${name} -p '{"spec":{"type":"LoadBalancer"}}'`
            : service
              ? `check the events of the Service: kubectl -n ${namespace} describe service ${name}`
              : 'install the east-west gateway',
        },
      ];
    }),
});
