import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-STRICT-UNASKED',
  title: 'a policy that nobody asked for refuses plain text',
  hop: 'policy',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => !features['strict-mtls'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const found = await mesh.unexpected(primary, 'peerauthentications', [
        primary.istiod.namespace,
        ...mesh.namespaces,
      ]);
      return found
        .filter(({ spec }) => spec?.mtls?.mode === 'STRICT')
        .map(({ metadata, spec }) => ({
          cluster: primary.name,
          object: objectOf('PeerAuthentication', metadata),
          facts: { mode: 'STRICT', selector: spec?.selector?.matchLabels ?? {} },
          says: `${titleOf('PeerAuthentication', metadata)} of ${primary.name} takes mutual TLS only: callers without a sidecar are refused`,
          remedy: `remove it, or say in the topology that the mesh is STRICT: kubectl -n ${metadata.namespace} delete peerauthentication ${metadata.name}`,
        }));
    }),
});
