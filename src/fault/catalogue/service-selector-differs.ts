import { defineFault } from '../fault.js';
import { editHelloworld } from '../edit-helloworld.js';
import { each, onlyVersionOf } from '../expectations.js';

export default defineFault({
  id: 'service-selector-differs',
  title: 'the selector of a service matches no pod in one cluster',
  finding: { id: 'F-SERVICE-SELECTOR', words: /the selector is \S+ in \S+, \S+ here/ },
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    await editHelloworld(mesh, breakage, { spec: { selector: { app: 'hello' } } });
  },
  fails: ({ one, two, names }) => ({
    'LB-4': {
      [one.name]: new RegExp(`the selector is app=hello in ${two.name}, app=helloworld here`),
      [two.name]: new RegExp(`the selector is app=helloworld in ${one.name}, app=hello here`),
    },
    'LB-1': each(names, onlyVersionOf(one)),
  }),
  passes: ['LOC-8'],
});
