import { defineFault } from '../fault.js';
import { untilUnknown } from '../edit-helloworld.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'discovery-excludes-namespace',
  title: 'istiod of a primary selects only namespaces with a label that no namespace has',
  finding: 'F-DISCOVERY-EXCLUDES',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await editMeshConfig(one, breakage, { discoverySelectors: [{ matchLabels: { discovered: 'yes' } }] });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
