import { defineFault } from '../fault.js';
import { editHelloworld } from '../edit-helloworld.js';

export default defineFault({
  id: 'service-selector-differs',
  title: 'the selector of a service matches no pod in one cluster',
  finding: 'F-SERVICE-SELECTOR',
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    await editHelloworld(mesh, breakage, { spec: { selector: { app: 'hello' } } });
  },
  fails: ({ one, two, names }) => ({
    'LB-4': [one.name, two.name],
    'LB-1': names,
  }),
  passes: ['LOC-8'],
});
