import { defineFault } from '../fault.js';
import { editHelloworld } from '../edit-helloworld.js';
import { each, onlyVersionOf } from '../expectations.js';

export default defineFault({
  id: 'service-port-name-differs',
  title: 'the port of a service has another name in one cluster',
  finding: { id: 'F-SERVICE-PORT-NAME', words: /port 5000 is named \S+ in \S+, \S+ here/ },
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    await editHelloworld(mesh, breakage, { spec: { ports: { 0: { name: 'http-web' } } } });
  },
  fails: ({ one, two, servedBy }) => ({
    'LB-4': {
      [one.name]: new RegExp(`port 5000 is named http-web in ${two.name}, http here`),
      [two.name]: new RegExp(`port 5000 is named http in ${one.name}, http-web here`),
    },
    // the name that counts is the one in the cluster of the caller's istiod
    'LB-1': {
      ...each(servedBy(one), onlyVersionOf(one)),
      ...(two.role === 'primary' && each(servedBy(two), onlyVersionOf(two))),
    },
  }),
  passes: ['LOC-8'],
});
