import { defineFault } from '../fault.js';

export default defineFault({
  id: 'strict-everywhere',
  title: 'an undeclared policy of a primary refuses plain text',
  finding: 'F-STRICT-UNASKED',
  requires: ['not strict-mtls'],
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    await breakage.create(primary, {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'leftover', namespace: primary.istio.namespace },
      spec: { mtls: { mode: 'STRICT' } },
    });
  },
  fails: ({ two, servedBy }) => ({ 'MTLS-1': servedBy(two) }),
  passes: ['LB-1'],
});
