import { defineFault } from '../fault.js';
import { rotateRoot } from '../change-trust.js';

export default defineFault({
  id: 'root-rotation-unfinished',
  title: 'all primaries have a new root, but one workload was not restarted',
  finding: 'F-PROXY-TRUSTS-OLD-ROOT',
  requires: ['clusters >= 2'],
  break: (mesh, breakage) => rotateRoot(mesh, breakage, { cluster: mesh.one, deployment: 'sleep' }),
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
