import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

const annotation = 'networking.istio.io/traffic-distribution';

export default defineCheck({
  id: 'F-TRAFFIC-DISTRIBUTION',
  title: 'a service keeps calls local by trafficDistribution',
  hop: 'balancing',
  reads: ['services', 'namespaces', 'declared'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const spaces = await primary.list('namespaces');
      const services = await mesh.unexpected(primary, 'services', mesh.namespaces);
      return services.flatMap(({ metadata, spec }) => {
        const space = spaces.find((one) => one.metadata?.name === metadata?.namespace);
        const field = (spec as { trafficDistribution?: string } | undefined)?.trafficDistribution;
        const own = metadata?.annotations?.[annotation] ?? field;
        const found = own ?? space?.metadata?.annotations?.[annotation];
        if (!found || found === 'Any') return [];
        const { namespace, name } = metadata!;
        return [
          {
            cluster: primary.name,
            object: own ? `service/${namespace}/${name}` : `namespace//${namespace}`,
            facts: { trafficDistribution: found },
            says: `Service ${namespace}/${name} in ${primary.name} has trafficDistribution ${found}: calls stay in their network, region and zone while a pod there is ready`,
            remedy: field
              ? `kubectl -n ${namespace} patch service ${name} --type merge -p '{"spec":{"trafficDistribution":null}}'`
              : `remove the annotation ${annotation}, or set localityLbSetting.enabled to false in a DestinationRule`,
            // who has installed this mesh may want it
            confidence: mesh.planned ? 'certain' : 'likely',
          },
        ];
      });
    }),
});
