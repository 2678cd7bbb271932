import { defineFault } from '../fault.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'timeout-too-short',
  title: 'a VirtualService ends calls after one millisecond',
  finding: 'F-TIMEOUT-TOO-SHORT',
  requires: ['clusters >= 2'],
  break: (mesh, breakage) =>
    leaveRoutes(mesh, breakage, [{ timeout: '0.001s', route: [{ destination: { host: 'helloworld' } }] }]),
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
