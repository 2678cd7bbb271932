import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'subset-empty',
  title: 'a subset that calls are sent to has labels that no pod has',
  finding: 'F-SUBSET-EMPTY',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: { host: 'helloworld', subsets: [{ name: 'next', labels: { version: 'v9' } }] },
    });
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: { hosts: ['helloworld'], http: [{ route: [{ destination: { host: 'helloworld', subset: 'next' } }] }] },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
