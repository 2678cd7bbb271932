import { among } from '../check.js';
import { injectionWorks } from '../injectors.js';
import { isReady, proxyOf, selects } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-PARTLY-INJECTED',
  title: 'some pods of a service have no sidecar',
  hop: 'injection',
  reads: ['pods', 'services'],
  needs: injectionWorks,
  look: (mesh) =>
    among(mesh.places, async ({ cluster, namespace }) => {
      const [services, pods] = await Promise.all([
        cluster.list('services', namespace),
        cluster.list('pods', namespace),
      ]);
      const ready = pods.filter(isReady);
      return services.flatMap(({ metadata, spec }) => {
        if (Object.keys(spec?.selector ?? {}).length === 0) return [];
        const own = ready.filter((pod) => selects(spec!.selector, pod.metadata?.labels));
        const bare = own.filter((pod) => !proxyOf(pod)).map((pod) => pod.metadata!.name!);
        if (bare.length === 0) return [];
        return [
          {
            cluster: cluster.name,
            object: `service/${namespace}/${metadata!.name}`,
            facts: { without: bare, pods: own.length },
            says: `${bare.length} of ${own.length} pods of ${metadata!.name}.${namespace} in ${cluster.name} have no sidecar: ${bare.join(', ')}`,
            remedy: `remove sidecar.istio.io/inject=false from them, or restart them: kubectl -n ${namespace} get pods --show-labels`,
          },
        ];
      });
    }),
});
