import type { Fault } from '../types.js';
import { editHelloworld } from '../helloworld.js';
import { onlyVersionOf } from '../expectations.js';

export const servicePortNameDiffers: Fault = {
  id: 'service-port-name-differs',
  title: 'the port of a service has another name in one cluster',
  finding: { id: 'F-SERVICE-PORT-NAME', words: /port 5000 is named \S+ in \S+, \S+ here/ },
  requires: ['multi-primary', 'multi-network'],
  async break(mesh, breakage) {
    await editHelloworld(mesh, breakage, { spec: { ports: { 0: { name: 'http-web' } } } });
  },
  fails: ({ one, two }) => ({
    'LB-4': {
      [one.name]: new RegExp(`port 5000 is named http-web in ${two.name}, http here`),
      [two.name]: new RegExp(`port 5000 is named http in ${one.name}, http-web here`),
    },
    'LB-1': { [one.name]: onlyVersionOf(one), [two.name]: onlyVersionOf(two) },
  }),
  passes: ['LOC-8'],
};
