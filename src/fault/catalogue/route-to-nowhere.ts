import { defineFault } from '../fault.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'route-to-nowhere',
  title: 'a VirtualService routes to a service that no cluster has',
  finding: 'F-ROUTE-NOWHERE',
  break: (mesh, breakage) => leaveRoutes(mesh, breakage, [{ route: [{ destination: { host: 'helloworld-next' } }] }]),
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
