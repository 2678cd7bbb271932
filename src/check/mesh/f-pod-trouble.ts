import { podTrouble } from '../../kube/pod-trouble.js';
import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-POD-TROUBLE',
  title: 'a pod cannot run without intervention',
  hop: 'workload',
  reads: ['pods'],
  needs: ['F-SECRETS-FORBIDDEN', 'F-INTERMEDIATE-EXPIRED', 'F-ROOT-EXPIRED'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const pods = await cluster.listIn('pods', [cluster.gateway.namespace, ...mesh.namespaces]);
      return pods.flatMap((pod) => {
        const trouble = podTrouble(pod);
        const age = Date.now() - Number(new Date(pod.metadata?.creationTimestamp ?? 0));
        if (!trouble || age < trouble.grace * 1000) return [];
        const { namespace = '' } = pod.metadata ?? {};
        return [
          {
            cluster: cluster.name,
            object: `pod/${namespace}/${trouble.pod}`,
            facts: { kind: trouble.kind, pod: `${namespace}/${trouble.pod}`, reason: trouble.reason },
            says: `pod ${namespace}/${trouble.pod} of ${cluster.name} ${trouble.reason}`,
            remedy: trouble.remedy,
          },
        ];
      });
    }),
});
