import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { crossNetworkGateways, networkLabel } from '../gateway-facts.js';
import { isAlive, labelsText, selects } from '../object-kinds.js';

export default defineCheck({
  id: 'F-GATEWAY-SILENT',
  title: 'a second Service is labelled as a gateway of a network, but nothing listens behind it',
  hop: 'gateway',
  reads: ['services', 'pods', 'configuration'],
  needs: ['F-SERVICES-NOT-EXPOSED', 'F-GATEWAY-SELECTOR', 'F-GATEWAY-REVISION'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const { namespace, name } = cluster.gateway;
      const [services, pods, gateways] = await Promise.all([
        cluster.list('services', namespace),
        cluster.list('pods', namespace),
        crossNetworkGateways(mesh, cluster),
      ]);
      return services
        .filter(({ metadata }) => metadata?.labels?.[networkLabel] !== undefined && metadata.name !== name)
        .flatMap(({ metadata, spec }) => {
          const own = pods.filter((pod) => isAlive(pod) && selects(spec?.selector, pod.metadata?.labels));
          const open = own.some((pod) =>
            gateways.some(({ spec: gateway }) => selects(gateway?.selector, pod.metadata?.labels)),
          );
          if (open) return [];
          const network = metadata!.labels![networkLabel]!;
          return [
            {
              cluster: cluster.name,
              object: `service/${namespace}/${metadata!.name}`,
              facts: { network, selector: spec?.selector ?? {}, pods: own.length },
              says: `Service ${namespace}/${metadata!.name} of ${cluster.name} counts as a gateway of ${network}, but no Gateway opens port 15443 on ${own.length > 0 ? 'its pods' : 'any pod of it'}`,
              remedy: `apply a Gateway that selects ${labelsText(spec?.selector)} first, or remove the label ${networkLabel} from the Service`,
            },
          ];
        });
    }),
});
