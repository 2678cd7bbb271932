import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilApart } from '../edit-helloworld.js';

export default defineFault({
  id: 'traffic-stays-near',
  title: 'the Service of a primary keeps calls local',
  finding: 'F-TRAFFIC-DISTRIBUTION',
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    // the Service that counts is the one in the cluster of the caller's istiod
    const patch = { spec: { trafficDistribution: 'PreferClose' } };
    await breakage.edit(mesh.one, sampleNamespace, 'service/helloworld', patch);
    await untilApart(mesh, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one), 'LB-2': servedBy(one) }),
  passes: ['LOC-8'],
});
