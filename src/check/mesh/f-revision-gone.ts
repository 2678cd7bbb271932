import { sampleNamespace } from '../../topology/mesh-names.js';
import { among } from '../check.js';
import { injectorsOf, isInjected, labelsOf, revisionLabel } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REVISION-GONE',
  title: 'a namespace asks for a revision of Istio that no webhook serves',
  hop: 'injection',
  reads: ['webhooks', 'namespaces'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const labels = await labelsOf(cluster, sampleNamespace);
      const revision = labels?.[revisionLabel];
      if (!labels || revision === undefined) return [];
      const injectors = await injectorsOf(cluster);
      if (isInjected(injectors, labels)) return [];
      return [
        {
          cluster: cluster.name,
          object: `namespace//${sampleNamespace}`,
          facts: { revision, webhooks: [...new Set(injectors.map(({ configuration }) => configuration))] },
          says: `namespace ${sampleNamespace} of ${cluster.name} asks for revision ${revision}, which no webhook serves: its new pods get no sidecar`,
          remedy: `kubectl label namespace ${sampleNamespace} --overwrite ${revisionLabel}=REVISION, with one that is installed, then restart its workloads`,
        },
      ];
    }),
});
