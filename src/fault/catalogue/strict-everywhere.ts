import { defineFault } from '../fault.js';

export default defineFault({
  id: 'strict-everywhere',
  title: 'one cluster takes mutual TLS only, by a policy that nobody asked for',
  finding: 'F-STRICT-UNASKED',
  requires: ['multi-primary', 'not strict-mtls'],
  async break({ two }, breakage) {
    await breakage.create(two, {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'leftover', namespace: two.istio.namespace },
      spec: { mtls: { mode: 'STRICT' } },
    });
  },
  fails: ({ two }) => ({ 'MTLS-1': [two.name] }),
  passes: ['LB-1'],
});
