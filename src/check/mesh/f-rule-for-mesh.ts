import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-RULE-FOR-MESH',
  title: 'a rule for a gateway is bound to the mesh as well',
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
            says: `${titleOf('VirtualService', metadata)} of ${primary.name} is bound to the mesh beside ${gateways.filter((one) => one !== 'mesh').join(', ')}: sidecars obey it too`,
            remedy: 'remove mesh from its gateways, if it is meant for the gateway alone',
            confidence: 'likely',
          },
        ];
      }),
    ),
});
