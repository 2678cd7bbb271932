import { defineFault } from '../fault.js';
import { untilCutOff, untilUnknown } from '../edit-helloworld.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'discovery-excludes-namespace',
  title: 'istiod of a primary selects only namespaces with a label that no namespace has',
  finding: 'F-DISCOVERY-EXCLUDES',
  requires: ['clusters >= 2'],
  async break({ one, two, callersInto }, breakage) {
    await editMeshConfig(one, breakage, { discoverySelectors: [{ matchLabels: { discovered: 'yes' } }] });
    await untilUnknown(one, two, breakage);
    if (callersInto(one).includes(two.name)) await untilCutOff(two, one, breakage);
  },
  // its own gateways forget the services too
  fails: ({ one, servedBy, callersInto }) => ({ 'LB-1': [...new Set([...servedBy(one), ...callersInto(one)])] }),
  passes: ['LOC-8'],
});
