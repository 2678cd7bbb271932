import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'subset-empty',
  title: 'a subset in use has labels that no pod has',
  finding: 'F-SUBSET-EMPTY',
  async break(mesh, breakage) {
    await breakage.create(mesh.one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: { host: 'helloworld', subsets: [{ name: 'next', labels: { version: 'v9' } }] },
    });
    await leaveRoutes(mesh, breakage, [{ route: [{ destination: { host: 'helloworld', subset: 'next' } }] }]);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
