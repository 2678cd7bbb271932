import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilApart } from '../edit-helloworld.js';

export default defineFault({
  id: 'namespace-stays-near',
  title: 'an annotation of a namespace keeps calls to all its services local',
  finding: 'F-TRAFFIC-DISTRIBUTION',
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    const annotations = { 'networking.istio.io/traffic-distribution': 'PreferClose' };
    await breakage.edit(mesh.one, 'default', `namespace/${sampleNamespace}`, { metadata: { annotations } });
    await untilApart(mesh, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one), 'LB-2': servedBy(one) }),
  passes: ['LOC-8'],
});
