import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'tls-disabled-live',
  title: 'a DestinationRule in a primary disables TLS to a service of the mesh',
  finding: 'F-TLS-DISABLED',
  requires: ['multi-network'],
  async break({ one, two, primaryOf }, breakage) {
    await breakage.create(primaryOf(two), {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'plain-text', namespace: sampleNamespace },
      spec: { host: `helloworld.${sampleNamespace}.svc.cluster.local`, trafficPolicy: { tls: { mode: 'DISABLE' } } },
    });
    await untilUnknown(two, one, breakage);
  },
  fails: ({ two, servedBy }) => ({ 'LB-1': servedBy(two), 'LB-3': servedBy(two) }),
  passes: ['LOC-8'],
});
