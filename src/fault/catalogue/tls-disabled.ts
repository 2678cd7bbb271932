import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'tls-disabled',
  title: 'a DestinationRule disables TLS to pods that take mutual TLS only',
  finding: { id: 'F-TLS-DISABLED', words: /calls to mutual-tls\.[^]*HTTP 503/ },
  manifests: [
    {
      manifest: 'MTLS-5',
      object: 'DestinationRule/mutual-tls',
      patch: { spec: { trafficPolicy: { tls: { mode: 'DISABLE' } } } },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-5': each(names, /calls to mutual-tls\./) }),
  passes: ['LOC-8'],
});
