import { among } from '../check.js';
import { injectorsOf, isInjected, labelsOf, revisionLabel } from '../injectors.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NOT-INJECTED',
  title: 'the namespace of a workload does not enable injection',
  hop: 'injection',
  reads: ['webhooks', 'namespaces'],
  look: (mesh) =>
    among(mesh.places, async ({ cluster, namespace }) => {
      const labels = await labelsOf(cluster, namespace);
      // a revision that nobody serves is a cause of its own
      if (!labels || labels[revisionLabel] !== undefined || isInjected(await injectorsOf(cluster), labels)) return [];
      const found = labels['istio-injection'];
      return [
        {
          cluster: cluster.name,
          object: `namespace//${namespace}`,
          facts: { 'istio-injection': found ?? null },
          says: `namespace ${namespace} of ${cluster.name} ${found === undefined ? 'has no injection label' : `has istio-injection=${found}`}: its new pods get no sidecar`,
          remedy: `kubectl label namespace ${namespace} --overwrite istio-injection=enabled, then restart its workloads`,
          confidence: mesh.planned ? 'certain' : 'likely',
        },
      ];
    }),
});
