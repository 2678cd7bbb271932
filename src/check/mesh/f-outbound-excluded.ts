import { listedIn, sidecarAnnotation } from '../annotations.js';
import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { isAlive } from '../object-kinds.js';

const annotation = sidecarAnnotation('excludeOutboundPorts');

export default defineCheck({
  id: 'F-OUTBOUND-EXCLUDED',
  title: 'an annotation excludes the port of a service from its callers’ sidecars',
  hop: 'injection',
  reads: ['pods', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const pods = (await cluster.listIn('pods', mesh.namespaces)).filter(isAlive);
      const services = await cluster.listIn('services', mesh.namespaces);
      return pods.flatMap(({ metadata }) => {
        const excluded = listedIn(metadata, annotation) ?? [];
        const met = services.flatMap(({ metadata: of, spec }) =>
          (spec?.ports ?? [])
            .filter(({ port }) => excluded.includes(String(port)))
            .map(({ port }) => `${of?.name}.${of?.namespace}:${port}`),
        );
        if (met.length === 0) return [];
        return [
          {
            cluster: cluster.name,
            object: objectOf('Pod', metadata),
            facts: { excluded, services: met },
            says: `${titleOf('pod', metadata)} of ${cluster.name} excludes calls to ${met.join(', ')}: they bypass the mesh`,
            remedy: `remove the port from the annotation ${annotation} of its workload`,
          },
        ];
      });
    }),
});
