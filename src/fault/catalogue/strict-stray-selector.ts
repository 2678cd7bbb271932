import { defineFault } from '../fault.js';

export default defineFault({
  id: 'strict-stray-selector',
  title: 'the selector of a STRICT policy matches no pod',
  finding: 'F-POLICY-SELECTOR',
  requires: ['not strict-mtls'],
  manifests: [
    {
      manifest: 'MTLS-3',
      object: 'PeerAuthentication/default',
      patch: { metadata: { name: 'echo' }, spec: { selector: { matchLabels: { app: 'eco' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-3': names }),
  passes: ['LOC-8'],
});
