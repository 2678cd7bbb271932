import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'sidecar-hides-service',
  title: 'a Sidecar in one primary does not import the services of its namespace',
  finding: 'F-SIDECAR-HIDES',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: sampleNamespace },
      spec: { egress: [{ hosts: [`${one.istio.namespace}/*`] }] },
    });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
