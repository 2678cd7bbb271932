import { among } from '../check.js';
import { declaredObjects, specificMistakes } from '../declared-objects.js';
import { differences, differenceText, objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-CONFIGURATION-DIFFERS',
  title: 'an object in a cluster differs from its declaration',
  hop: 'route',
  reads: ['configuration', 'services', 'declared'],
  needs: specificMistakes,
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const found = await declaredObjects(mesh, cluster);
      return found.flatMap(({ declared, object }) => {
        const [first, ...more] = object ? differences(declared, object) : [];
        if (!first) return [];
        return [
          {
            cluster: cluster.name,
            object: objectOf(declared.kind, object!.metadata),
            facts: { differences: [first, ...more].map(differenceText) },
            says: `${titleOf(declared.kind, object!.metadata)} of ${cluster.name} differs from its declaration: ${differenceText(first)}${more.length > 0 ? `, and ${more.length} more` : ''}`,
            remedy:
              'apply the declared object again, and find what changes it: kubectl get --show-managed-fields -o yaml',
          },
        ];
      });
    }),
});
