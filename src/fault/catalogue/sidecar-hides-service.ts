import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'sidecar-hides-service',
  title: 'a Sidecar in a primary does not import the services of its namespace',
  finding: 'F-SIDECAR-HIDES',
  requires: ['clusters >= 2'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: sampleNamespace },
      spec: { egress: [{ hosts: [`${one.istio.namespace}/*`] }] },
    });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
