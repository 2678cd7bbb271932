import { defineCheck } from '../define-check.js';
import { peerPoliciesOf } from '../peer-policies.js';

export default defineCheck({
  id: 'F-STRICT-UNASKED',
  title: 'an undeclared policy refuses plain text',
  hop: 'policy',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => !features['strict-mtls'],
  look: (mesh) =>
    peerPoliciesOf(mesh, 'STRICT', ({ name }, title, removal) => ({
      says: `${title} of ${name} accepts only mutual TLS: callers without a sidecar are refused`,
      remedy: `remove it, or declare the mesh STRICT in the topology: kubectl ${removal}`,
    })),
});
