import { defineFault } from '../fault.js';

export default defineFault({
  id: 'tls-disabled',
  title: 'a DestinationRule disables TLS to pods that accept only mutual TLS',
  finding: 'F-TLS-DISABLED',
  manifests: [
    {
      manifest: 'MTLS-5',
      object: 'DestinationRule/mutual-tls',
      patch: { spec: { trafficPolicy: { tls: { mode: 'DISABLE' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-5': names }),
  passes: ['LOC-8'],
});
