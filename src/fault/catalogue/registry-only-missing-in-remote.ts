import { defineFault } from '../fault.js';

export default defineFault({
  id: 'registry-only-missing-in-remote',
  title: "the policy of a primary allows a remote's pods to call any host",
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['primary-remote', 'not registry-only'],
  manifests: [
    {
      manifest: 'EGR-7',
      object: 'Sidecar/default',
      patch: { spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } } },
    },
  ],
  fails: ({ clusters }) => ({
    'EGR-7': clusters.filter(({ role }) => role === 'remote').map(({ name }) => name),
  }),
  passes: ['LOC-8'],
});
