import { defineFault } from '../fault.js';

export default defineFault({
  id: 'strict-wrong-namespace',
  title: 'a mesh-wide STRICT policy is outside the root namespace',
  finding: 'F-CONFIGURATION-MISSING',
  requires: ['not strict-mtls'],
  manifests: [
    { manifest: 'MTLS-2', object: 'PeerAuthentication/default', patch: { metadata: { namespace: '${namespace}' } } },
  ],
  fails: ({ names }) => ({ 'MTLS-2': names }),
  passes: ['LOC-8'],
});
