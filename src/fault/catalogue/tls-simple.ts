import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'tls-simple',
  title: 'a DestinationRule in one primary uses tls.mode SIMPLE for a service of the mesh',
  finding: 'F-TLS-NOT-ISTIO',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'own-tls', namespace: sampleNamespace },
      spec: { host: 'helloworld', trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } } },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
