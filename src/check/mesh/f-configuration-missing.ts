import { among } from '../check.js';
import { declaredObjects, specificMistakes } from '../declared-objects.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-CONFIGURATION-MISSING',
  title: 'a declared object is not in the cluster',
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
          says: `${cluster.name} has no ${titleOf(kind, metadata)}, which was declared${elsewhere.length > 0 ? `; there is one in namespace ${elsewhere.join(', ')}` : ''}`,
          remedy: elsewhere.length > 0 ? `move it to namespace ${metadata.namespace}` : 'apply it again',
        }));
    }),
});
