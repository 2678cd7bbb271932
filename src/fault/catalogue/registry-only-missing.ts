import { defineFault } from '../fault.js';

export default defineFault({
  id: 'registry-only-missing',
  title: 'a Sidecar for registered hosts only allows all hosts',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['not registry-only'],
  manifests: [
    {
      manifest: 'EGR-3',
      object: 'Sidecar/default',
      patch: { spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-3': names }),
  passes: ['LOC-8'],
});
