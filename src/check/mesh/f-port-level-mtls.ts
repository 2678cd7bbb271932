import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-PORT-LEVEL-MTLS',
  title: 'portLevelMtls sets a port that no service targets',
  hop: 'policy',
  reads: ['configuration', 'services', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const found = await mesh.unexpected(primary, 'peerauthentications', mesh.workloadNamespaces);
      const strays = await Promise.all(
        found.map(async ({ metadata, spec }) => {
          const services = await primary.list('services', metadata.namespace);
          // a port with a name may be any number
          const ports = services.flatMap(({ spec: own }) => own?.ports ?? []);
          if (ports.some(({ targetPort }) => typeof targetPort === 'string')) return [];
          const targets = new Set(ports.map(({ port, targetPort }) => String(targetPort ?? port)));
          const offered = new Set(ports.map(({ port }) => String(port)));
          return Object.keys(spec?.portLevelMtls ?? {})
            .filter((port) => !targets.has(port))
            .map((port) => ({
              cluster: primary.name,
              object: objectOf('PeerAuthentication', metadata),
              facts: { port: Number(port), targets: [...targets] },
              says: `portLevelMtls of ${titleOf('PeerAuthentication', metadata)} sets port ${port}, ${offered.has(port) ? 'a port of the Service, not of the container' : 'which no service targets'}`,
              remedy: `use the container's port: ${[...targets].join(', ')}`,
            }));
        }),
      );
      return strays.flat();
    }),
});
