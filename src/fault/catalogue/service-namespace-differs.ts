import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';

export default defineFault({
  id: 'service-namespace-differs',
  title: 'a service is in a different namespace in one cluster',
  finding: 'F-SERVICE-NAMESPACE',
  requires: ['clusters >= 2'],
  async break({ two }, breakage) {
    await breakage.create(two, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'helloworld', namespace: 'default' },
      spec: { selector: { app: 'helloworld' }, ports: [{ port: 5000, name: 'http' }] },
    });
    await breakage.delete(two, sampleNamespace, 'service/helloworld');
  },
  fails: ({ one, two }) => ({
    'LB-4': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
