import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'service-not-exported',
  title: 'a service is exported only to its own namespace, which has no gateway',
  finding: 'F-SERVICE-NOT-EXPORTED',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, sampleNamespace, 'service/helloworld', {
      metadata: { annotations: { 'networking.istio.io/exportTo': '.' } },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
