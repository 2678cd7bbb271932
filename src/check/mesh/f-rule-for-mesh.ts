import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-RULE-FOR-MESH',
  title: 'a VirtualService for a gateway also applies to sidecars',
  hop: 'route',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'virtualservices')).flatMap(({ metadata, spec }) => {
        const gateways = spec?.gateways ?? [];
        if (!gateways.includes('mesh') || gateways.length === 1) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('VirtualService', metadata),
            facts: { gateways },
            says: `${titleOf('VirtualService', metadata)} of ${primary.name} applies to the mesh as well as ${gateways.filter((one) => one !== 'mesh').join(', ')}: sidecars follow it too`,
            remedy: 'remove mesh from its gateways, if only the gateway should use it',
            confidence: 'likely',
          },
        ];
      }),
    ),
});
