import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'export-to-own-namespace',
  title: 'the mesh config of a primary exports services to their own namespace only',
  finding: 'F-SERVICE-NOT-EXPORTED',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await editMeshConfig(two, breakage, { defaultServiceExportTo: ['.'] });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
