import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'route-missing',
  title: "the nodes of a cluster have no route to another cluster's pods in their network",
  finding: 'F-ROUTE-MISSING',
  requires: ['flat'],
  async break({ one, two }, breakage) {
    for (const { address } of two.nodes) await breakage.removeRoutes(one, address);
    await untilCutOff(one, two, breakage);
  },
  // the way back is the nodes' own
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
