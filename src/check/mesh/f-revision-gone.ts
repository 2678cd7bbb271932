import { among } from '../check.js';
import { injectorsOf, isInjected, labelsOf, revisionLabel } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REVISION-GONE',
  title: 'a namespace selects an Istio revision without an injection webhook',
  hop: 'injection',
  reads: ['webhooks', 'namespaces'],
  look: (mesh) =>
    among(mesh.places, async ({ cluster, namespace }) => {
      const labels = await labelsOf(cluster, namespace);
      const revision = labels?.[revisionLabel];
      if (!labels || revision === undefined) return [];
      const injectors = await injectorsOf(cluster);
      if (isInjected(injectors, labels)) return [];
      return [
        {
          cluster: cluster.name,
          object: `namespace//${namespace}`,
          facts: { revision, webhooks: [...new Set(injectors.map(({ configuration }) => configuration))] },
          says: `namespace ${namespace} of ${cluster.name} selects revision ${revision}, which has no injection webhook: its new pods get no sidecar`,
          remedy: `kubectl label namespace ${namespace} --overwrite ${revisionLabel}=REVISION, with an installed revision, then restart its workloads`,
        },
      ];
    }),
});
