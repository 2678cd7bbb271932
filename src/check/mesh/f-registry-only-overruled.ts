import { isRegistryOnly } from '../../topology/features.js';
import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REGISTRY-ONLY-OVERRULED',
  title: 'a mesh-wide Sidecar allows all outbound traffic, although the mesh config does not',
  hop: 'egress',
  reads: ['mesh config', 'configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      if (!isRegistryOnly(await primary.meshConfig())) return [];
      const { namespace } = primary.istiod;
      const sidecars = (await mesh.unexpected(primary, 'sidecars', [namespace])).filter(
        ({ spec }) =>
          Object.keys(spec?.workloadSelector?.labels ?? {}).length === 0 &&
          spec?.outboundTrafficPolicy !== undefined &&
          !isRegistryOnly(spec),
      );
      return sidecars.map(({ metadata, spec }) => ({
        cluster: primary.name,
        object: objectOf('Sidecar', metadata),
        facts: { mode: spec?.outboundTrafficPolicy?.mode ?? 'ALLOW_ANY' },
        says: `${titleOf('Sidecar', metadata)} of ${primary.name} allows all outbound traffic, despite the mesh config`,
        remedy: 'remove its outboundTrafficPolicy, or set the mode to REGISTRY_ONLY',
      }));
    }),
});
