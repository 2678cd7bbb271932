import { among } from '../check.js';
import { isAlive, selects } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-ISTIOD-DOWN',
  title: 'a primary has no running istiod',
  hop: 'control plane',
  reads: ['deployments', 'pods'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const { namespace, deployment: name, labels } = primary.istiod;
      const [deployments, pods] = await Promise.all([
        primary.list('deployments', namespace),
        primary.list('pods', namespace),
      ]);
      if (pods.some((pod) => isAlive(pod) && selects(labels, pod.metadata?.labels))) return [];
      const found = deployments.find(({ metadata }) => metadata?.name === name);
      const why = found
        ? `its Deployment asks for ${found.spec?.replicas ?? 1} replicas`
        : 'its Deployment does not exist';
      return [
        {
          cluster: primary.name,
          object: `deployment/${namespace}/${name}`,
          facts: { deployment: `${namespace}/${name}`, replicas: found?.spec?.replicas ?? null },
          says: `no istiod runs in ${primary.name}: ${why}`,
          remedy: found
            ? `kubectl -n ${namespace} scale deployment ${name} --replicas=1, or find out why its pods are refused`
            : 'install the control plane',
        },
      ];
    }),
});
