import { defineFault } from '../fault.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'subset-undefined',
  title: 'a VirtualService routes to an undefined subset',
  finding: 'F-SUBSET-UNDEFINED',
  break: (mesh, breakage) =>
    leaveRoutes(mesh, breakage, [{ route: [{ destination: { host: 'helloworld', subset: 'v9' } }] }]),
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
