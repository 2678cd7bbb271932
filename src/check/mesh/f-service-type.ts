import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { typeOf } from '../service-differences.js';

export default defineCheck({
  id: 'F-SERVICE-TYPE',
  title: 'a service has different types in two clusters',
  hop: 'endpoint',
  reads: ['services', 'declared'],
  look: (mesh) =>
    among(mesh.namespaces, async (namespace) => {
      const all = await Promise.all(
        mesh.clusters.map(async (cluster) => ({
          cluster,
          services: await mesh.unexpected(cluster, 'services', [namespace]),
        })),
      );
      const names = new Set(all.flatMap(({ services }) => services.map(({ metadata }) => metadata!.name!)));
      return [...names].flatMap((name) => {
        const found = all.flatMap(({ cluster, services }) => {
          const service = services.find(({ metadata }) => metadata?.name === name);
          return service ? [{ cluster, type: typeOf(service) }] : [];
        });
        const [first, ...others] = found;
        return others
          .filter(({ type }) => type !== first!.type)
          .map(({ cluster, type }) => ({
            cluster: cluster.name,
            object: `service/${namespace}/${name}`,
            facts: { [first!.cluster.name]: first!.type, [cluster.name]: type },
            says: `Service ${namespace}/${name} is ${type} in ${cluster.name} and ${first!.type} in ${first!.cluster.name}: Istio does not merge them`,
            remedy: 'give the Service the same type in all clusters; a headless Service must be headless everywhere',
          }));
      });
    }),
});
