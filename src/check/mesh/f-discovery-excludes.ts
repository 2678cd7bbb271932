import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { picks, type Selector } from '../object-kinds.js';

export default defineCheck({
  id: 'F-DISCOVERY-EXCLUDES',
  title: 'discoverySelectors of a primary exclude the namespace of a called service',
  hop: 'control plane',
  reads: ['mesh config', 'namespaces'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const selectors = ((await primary.meshConfig())?.['discoverySelectors'] ?? []) as Selector[];
      if (selectors.length === 0) return [];
      const read = mesh.clusters.filter((cluster) => mesh.features.clusters > 1 || cluster === primary);
      const left = await Promise.all(
        read.map(async (cluster) =>
          (await cluster.list('namespaces'))
            .filter(({ metadata }) => mesh.namespaces.includes(metadata?.name ?? ''))
            .filter(({ metadata }) => !selectors.some((selector) => picks(selector, metadata?.labels)))
            .map(({ metadata }) => `${metadata!.name} in ${cluster.name}`),
        ),
      );
      const out = left.flat();
      if (out.length === 0) return [];
      return [
        {
          cluster: primary.name,
          object: `configmap/${primary.istiod.namespace}/${primary.istiod.meshConfig}`,
          facts: { out, selectors: selectors.map((one) => JSON.stringify(one)) },
          says: `discoverySelectors of ${primary.name} exclude namespace ${out.join(', ')}: istiod ignores everything in it`,
          remedy: `give the namespace a matching label, or remove discoverySelectors from the mesh config of ${primary.name}`,
        },
      ];
    }),
});
