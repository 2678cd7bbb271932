import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'traffic-stays-near',
  title: 'the Service of a primary keeps calls local',
  finding: 'F-TRAFFIC-DISTRIBUTION',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.edit(one, sampleNamespace, 'service/helloworld', { spec: { trafficDistribution: 'PreferClose' } });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name], 'LB-2': [one.name] }),
  passes: ['LOC-8'],
});
