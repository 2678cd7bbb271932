import { among } from '../check.js';
import { declaredObjects, specificMistakes } from '../declared-objects.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-CONFIGURATION-MISSING',
  title: 'a declared object is missing from the cluster',
  hop: 'route',
  reads: ['configuration', 'services', 'declared'],
  needs: specificMistakes,
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const found = await declaredObjects(mesh, cluster);
      return found
        .filter(({ object }) => object === undefined)
        .map(({ declared: { kind, metadata }, elsewhere }) => ({
          cluster: cluster.name,
          object: objectOf(kind, metadata),
          facts: { elsewhere },
          says: `${cluster.name} has no ${titleOf(kind, metadata)}, although it is declared${elsewhere.length > 0 ? `; namespace ${elsewhere.join(', ')} has one` : ''}`,
          remedy: elsewhere.length > 0 ? `move it to namespace ${metadata.namespace}` : 'apply it again',
        }));
    }),
});
