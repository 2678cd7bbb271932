import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'subset-undefined',
  title: 'a VirtualService leads to a subset that nobody defines',
  finding: 'F-SUBSET-UNDEFINED',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: { hosts: ['helloworld'], http: [{ route: [{ destination: { host: 'helloworld', subset: 'v9' } }] }] },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
