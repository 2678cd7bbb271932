import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-PEER-DISABLED',
  title: 'a PeerAuthentication lets pods take no mutual TLS, without which no other network calls them',
  hop: 'endpoint',
  reads: ['configuration', 'declared'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const found = await mesh.unexpected(primary, 'peerauthentications', [
        primary.istiod.namespace,
        ...mesh.namespaces,
      ]);
      return found
        .filter(({ spec }) => spec?.mtls?.mode === 'DISABLE')
        .map(({ metadata, spec }) => ({
          cluster: primary.name,
          object: objectOf('PeerAuthentication', metadata),
          facts: { mode: 'DISABLE', selector: spec?.selector?.matchLabels ?? {} },
          says: `${titleOf('PeerAuthentication', metadata)} of ${primary.name} has mode DISABLE: its pods are not called from other networks`,
          remedy: `set mtls.mode to PERMISSIVE, or: kubectl -n ${metadata.namespace} delete peerauthentication ${metadata.name}`,
        }));
    }),
});
