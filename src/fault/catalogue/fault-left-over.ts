import { defineFault } from '../fault.js';
import { leaveRoutes } from '../edit-helloworld.js';

export default defineFault({
  id: 'fault-left-over',
  title: 'a VirtualService from a test still aborts all calls',
  finding: 'F-FAULT-INJECTED',
  break: (mesh, breakage) =>
    leaveRoutes(mesh, breakage, [
      {
        fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
        route: [{ destination: { host: 'helloworld' } }],
      },
    ]),
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
