import { defineFault } from '../fault.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'route-to-nowhere',
  title: 'a VirtualService routes to a service that no cluster has',
  finding: 'F-ROUTE-NOWHERE',
  requires: ['multi-primary'],
  break: (mesh, breakage) => leaveRoutes(mesh, breakage, [{ route: [{ destination: { host: 'helloworld-next' } }] }]),
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
