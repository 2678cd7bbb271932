import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'peer-authentication-disabled',
  title: 'the pods of a cluster do not accept mutual TLS',
  finding: 'F-PEER-DISABLED',
  requires: ['multi-network'],
  async break({ one, two, primaryOf }, breakage) {
    const plain = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'plain', namespace: sampleNamespace },
      spec: { mtls: { mode: 'DISABLE' } },
    };
    for (const primary of new Set([two, one].map(primaryOf))) await breakage.create(primary, plain);
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, two }) => ({ 'LB-1': [one.name, two.name] }),
  passes: ['LOC-8'],
});
