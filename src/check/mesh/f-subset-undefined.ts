import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { destinationsOf, fullHost, isFor } from '../hosts-of-mesh.js';

export default defineCheck({
  id: 'F-SUBSET-UNDEFINED',
  title: 'a VirtualService routes to a subset that no DestinationRule defines',
  hop: 'cluster',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const rules = await primary.listIn('destinationrules', mesh.configured(primary));
      return (await destinationsOf(mesh, primary)).flatMap(({ rule: { metadata }, host, subset }) => {
        const own = rules.filter(({ metadata: at, spec }) => isFor(fullHost(spec?.host ?? '', at.namespace), host));
        const defined = own.flatMap(({ spec }) => (spec?.subsets ?? []).flatMap(({ name }) => name ?? []));
        if (!subset || defined.includes(subset)) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('VirtualService', metadata),
            facts: { host, subset, defined },
            says: `${titleOf('VirtualService', metadata)} of ${primary.name} routes to subset ${subset} of ${host}, which no DestinationRule defines: calls end with 503`,
            remedy: `define subset ${subset} in a DestinationRule for ${host}, or ${defined.length > 0 ? `use one of: ${defined.join(', ')}` : 'remove it from the route'}`,
          },
        ];
      });
    }),
});
