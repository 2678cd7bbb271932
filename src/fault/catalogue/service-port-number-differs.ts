import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';

export default defineFault({
  id: 'service-port-number-differs',
  title: 'a service port has different numbers in two clusters',
  finding: 'F-SERVICE-PORT-NUMBER',
  requires: ['clusters >= 2'],
  async break({ two }, breakage) {
    const ports = { 0: { port: 5001, targetPort: 5000 } };
    await breakage.edit(two, sampleNamespace, 'service/helloworld', { spec: { ports } });
  },
  fails: ({ one, two }) => ({
    'LB-4': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
