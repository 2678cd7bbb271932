import { isRegistryOnly } from '../../topology/features.js';
import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REGISTRY-ONLY-UNASKED',
  title: 'the mesh config of a primary allows outbound calls only to registered hosts, which was not requested',
  hop: 'egress',
  reads: ['mesh config'],
  applies: ({ features }) => !features['registry-only'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      if (!isRegistryOnly(await primary.meshConfig())) return [];
      return [
        {
          cluster: primary.name,
          object: `configmap/${primary.istiod.namespace}/${primary.istiod.meshConfig}`,
          facts: { outboundTrafficPolicy: 'REGISTRY_ONLY' },
          says: `the mesh config of ${primary.name} has outboundTrafficPolicy REGISTRY_ONLY: calls to unregistered hosts get 502`,
          remedy:
            'set outboundTrafficPolicy.mode to ALLOW_ANY, register the hosts, or declare REGISTRY_ONLY in the topology',
        },
      ];
    }),
});
