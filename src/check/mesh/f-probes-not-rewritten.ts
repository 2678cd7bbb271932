import { among } from '../check.js';
import { declarationOf, objectOf, titleOf } from '../declared.js';
import { isAlive } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

const annotation = 'sidecar.istio.io/rewriteAppHTTPProbers';

export default defineCheck({
  id: 'F-PROBES-NOT-REWRITTEN',
  title: "a STRICT policy refuses the kubelet's probes of a pod",
  hop: 'policy',
  reads: ['pods', 'configuration', 'declared'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const policies = await mesh.primaryOf(cluster).listIn('peerauthentications', mesh.configured(cluster));
      const strict = (namespace: string): boolean =>
        policies.some(
          ({ metadata, spec }) =>
            spec?.mtls?.mode === 'STRICT' && [namespace, cluster.istiod.namespace].includes(metadata.namespace ?? ''),
        );
      const pods = await cluster.listIn('pods', mesh.workloadNamespaces);
      return pods
        .filter((pod) => isAlive(pod) && pod.metadata?.annotations?.[annotation] === 'false')
        .filter(({ metadata }) => strict(metadata!.namespace!))
        .filter(({ metadata }) => {
          const declared = declarationOf(mesh.declared, cluster.name, 'Pod', metadata);
          return declared?.metadata.annotations?.[annotation] !== 'false';
        })
        .map(({ metadata }) => ({
          cluster: cluster.name,
          object: objectOf('Pod', metadata),
          facts: { annotation, value: 'false' },
          says: `${titleOf('pod', metadata)} of ${cluster.name} has ${annotation}: false, and a STRICT policy refuses the kubelet's probes`,
          remedy: 'remove the annotation, so that Istio rewrites the probes',
        }));
    }),
});
