import { defineFault } from '../fault.js';

export default defineFault({
  id: 'permissive-for-strict',
  title: 'a policy is PERMISSIVE instead of STRICT',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['not strict-mtls'],
  manifests: [
    { manifest: 'MTLS-3', object: 'PeerAuthentication/default', patch: { spec: { mtls: { mode: 'PERMISSIVE' } } } },
  ],
  fails: ({ names }) => ({ 'MTLS-3': names }),
  passes: ['LOC-8'],
});
