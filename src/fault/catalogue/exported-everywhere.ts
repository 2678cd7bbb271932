import { defineFault } from '../fault.js';

export default defineFault({
  id: 'exported-everywhere',
  title: 'a service for one namespace is exported to all namespaces',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'TRF-9',
      object: 'Service/private',
      patch: { metadata: { annotations: { 'networking.istio.io/exportTo': '*' } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-9': names }),
  passes: ['LOC-8'],
});
