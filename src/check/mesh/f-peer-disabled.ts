import { defineCheck } from '../define-check.js';
import { peerPoliciesOf } from '../peer-policies.js';

export default defineCheck({
  id: 'F-PEER-DISABLED',
  title: 'a PeerAuthentication disables the mutual TLS that calls from other networks need',
  hop: 'endpoint',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    peerPoliciesOf(mesh, 'DISABLE', ({ name }, title, removal) => ({
      says: `${title} of ${name} has mode DISABLE: other networks cannot call its pods`,
      remedy: `set mtls.mode to PERMISSIVE, or: kubectl ${removal}`,
    })),
});
