import { listedIn, sidecarAnnotation } from '../annotations.js';
import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { isAlive, selects } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

const annotation = sidecarAnnotation('excludeInboundPorts');

export default defineCheck({
  id: 'F-EXCLUDED-PORT',
  title: 'an annotation excludes a port from a sidecar that no caller uses',
  hop: 'injection',
  reads: ['pods', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const pods = await cluster.listIn('pods', mesh.workloadNamespaces);
      const excluding = pods.filter((pod) => isAlive(pod) && pod.metadata?.annotations?.[annotation]);
      const strays = await Promise.all(
        excluding.map(async ({ metadata, spec }) => {
          const services = await cluster.list('services', metadata!.namespace);
          const called = [
            ...services
              .filter(
                ({ spec: own }) =>
                  Object.keys(own?.selector ?? {}).length > 0 && selects(own?.selector, metadata?.labels),
              )
              .flatMap(({ spec: own }) => own?.ports ?? [])
              .map(({ port, targetPort }) => String(targetPort ?? port)),
            ...(spec?.containers ?? [])
              .flatMap(({ ports = [] }) => ports)
              .map(({ containerPort }) => String(containerPort)),
          ];
          const excluded = listedIn(metadata, annotation)!;
          const stray = excluded.filter((port) => !called.includes(port));
          if (stray.length === 0) return [];
          return [
            {
              cluster: cluster.name,
              object: objectOf('Pod', metadata),
              facts: { excluded, called: [...new Set(called)] },
              says: `${titleOf('pod', metadata)} of ${cluster.name} excludes port ${stray.join(', ')} from its sidecar; callers use ${[...new Set(called)].join(', ') || 'nothing'}`,
              remedy: `set the container's port in the annotation ${annotation}`,
            },
          ];
        }),
      );
      return strays.flat();
    }),
});
