import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'tls-disabled-live',
  title: 'a DestinationRule in one primary disables TLS to a service of the mesh',
  finding: 'F-TLS-DISABLED',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.create(two, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'plain-text', namespace: sampleNamespace },
      spec: { host: `helloworld.${sampleNamespace}.svc.cluster.local`, trafficPolicy: { tls: { mode: 'DISABLE' } } },
    });
    await untilUnknown(two, one, breakage);
  },
  fails: ({ two }) => ({
    'LB-1': [two.name],
    'LB-3': [two.name],
  }),
  passes: ['LOC-8'],
});
