import { sampleNamespace } from '../../topology/mesh-names.js';
import { among } from '../check.js';
import { injectorsOf, isInjected, labelsOf, revisionLabel } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NOT-INJECTED',
  title: 'the namespace of a workload asks for no sidecars',
  hop: 'injection',
  reads: ['webhooks', 'namespaces'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const labels = await labelsOf(cluster, sampleNamespace);
      // a revision that nobody serves is a cause of its own
      if (!labels || labels[revisionLabel] !== undefined || isInjected(await injectorsOf(cluster), labels)) return [];
      const found = labels['istio-injection'];
      return [
        {
          cluster: cluster.name,
          object: `namespace//${sampleNamespace}`,
          facts: { 'istio-injection': found ?? null },
          says: `namespace ${sampleNamespace} of ${cluster.name} ${found === undefined ? 'has no label that asks for sidecars' : `has istio-injection=${found}`}: its new pods get no sidecar`,
          remedy: `kubectl label namespace ${sampleNamespace} --overwrite istio-injection=enabled, then restart its workloads`,
        },
      ];
    }),
});
