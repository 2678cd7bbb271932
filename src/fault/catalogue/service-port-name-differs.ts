import { defineFault } from '../fault.js';
import { editHelloworld } from '../edit-helloworld.js';

export default defineFault({
  id: 'service-port-name-differs',
  title: 'a service port has different names in two clusters',
  finding: 'F-SERVICE-PORT-NAME',
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    await editHelloworld(mesh, breakage, { spec: { ports: { 0: { name: 'http-web' } } } });
  },
  fails: ({ one, two, servedBy }) => ({
    'LB-4': [one.name, two.name],
    // the name that counts is the one in the cluster of the caller's istiod
    'LB-1': [...new Set([one, two].flatMap(servedBy))],
  }),
  passes: ['LOC-8'],
});
