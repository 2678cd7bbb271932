import { defineCheck } from '../define-check.js';
import { peerPoliciesOf } from '../peer-policies.js';

export default defineCheck({
  id: 'F-STRICT-UNASKED',
  title: 'a policy that nobody asked for refuses plain text',
  hop: 'policy',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => !features['strict-mtls'],
  look: (mesh) =>
    peerPoliciesOf(mesh, 'STRICT', ({ name }, title, removal) => ({
      says: `${title} of ${name} takes mutual TLS only: callers without a sidecar are refused`,
      remedy: `remove it, or say in the topology that the mesh is STRICT: kubectl ${removal}`,
    })),
});
