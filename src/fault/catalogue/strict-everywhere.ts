import { defineFault } from '../fault.js';

export default defineFault({
  id: 'strict-everywhere',
  title: 'one cluster accepts only mutual TLS, because of an undeclared policy',
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
