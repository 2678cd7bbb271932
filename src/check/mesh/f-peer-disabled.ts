import { defineCheck } from '../define-check.js';
import { peerPoliciesOf } from '../peer-policies.js';

export default defineCheck({
  id: 'F-PEER-DISABLED',
  title: 'a PeerAuthentication lets pods take no mutual TLS, without which no other network calls them',
  hop: 'endpoint',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    peerPoliciesOf(mesh, 'DISABLE', ({ name }, title, removal) => ({
      says: `${title} of ${name} has mode DISABLE: its pods are not called from other networks`,
      remedy: `set mtls.mode to PERMISSIVE, or: kubectl ${removal}`,
    })),
});
