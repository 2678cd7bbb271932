import { defineFault } from '../fault.js';
import { untilApart } from '../edit-helloworld.js';
import { editMeshConfig } from '../edit-mesh-config.js';

export default defineFault({
  id: 'export-to-own-namespace',
  title: 'the mesh config of a primary exports services to their own namespace only',
  finding: 'F-SERVICE-NOT-EXPORTED',
  requires: ['multi-network'],
  async break(mesh, breakage) {
    await editMeshConfig(mesh.primaryOf(mesh.two), breakage, { defaultServiceExportTo: ['.'] });
    await untilApart(mesh, breakage);
  },
  fails: ({ two, callersInto }) => ({ 'LB-1': callersInto(two) }),
  passes: ['LOC-8'],
});
