import { sampleNamespace } from '../../topology/mesh-names.js';
import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NO-PODS',
  title: 'a workload has no ready pod',
  hop: 'workload',
  reads: ['deployments'],
  needs: ['F-POD-TROUBLE', 'F-WEBHOOK-UNREACHABLE', 'F-ISTIOD-DOWN', 'F-ISTIOD-NOT-READY'],
  // of another mesh nobody has said what must run
  applies: ({ planned }) => planned,
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const wanted = ['sleep', ...cluster.handle.helloworld.map((version) => `helloworld-${version}`)];
      const found = await cluster.list('deployments', sampleNamespace);
      return wanted.flatMap((name) => {
        const deployment = found.find(({ metadata }) => metadata?.name === name);
        if ((deployment?.status?.readyReplicas ?? 0) > 0) return [];
        const replicas = deployment?.spec?.replicas ?? 0;
        const why = !deployment
          ? 'its Deployment does not exist'
          : replicas === 0
            ? 'its Deployment asks for 0 replicas'
            : `0 of ${replicas} are ready`;
        return [
          {
            cluster: cluster.name,
            object: `deployment/${sampleNamespace}/${name}`,
            facts: { deployment: name, replicas: deployment ? replicas : null },
            says: `${name} has no ready pod in ${cluster.name}: ${why}`,
            remedy:
              replicas === 0
                ? `kubectl -n ${sampleNamespace} scale deployment ${name} --replicas=1`
                : `kubectl -n ${sampleNamespace} describe deployment ${name}`,
          },
        ];
      });
    }),
});
