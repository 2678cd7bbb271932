import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilApart } from '../edit-helloworld.js';

export default defineFault({
  id: 'tls-simple',
  title: 'a DestinationRule in a primary uses tls.mode SIMPLE for a service of the mesh',
  finding: 'F-TLS-NOT-ISTIO',
  async break(mesh, breakage) {
    await breakage.create(mesh.one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'own-tls', namespace: sampleNamespace },
      spec: { host: 'helloworld', trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } } },
    });
    await untilApart(mesh, breakage);
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
