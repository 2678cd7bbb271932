import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'exported-everywhere',
  title: 'a service that is meant for its namespace is exported to all',
  finding: { id: 'F-EXPORT-TO', words: /private\.\S+\nexpected: unknown\ngot: known/ },
  manifests: [
    {
      manifest: 'TRF-9',
      object: 'Service/private',
      patch: { metadata: { annotations: { 'networking.istio.io/exportTo': '*' } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-9': each(names, /expected: unknown\ngot: known/) }),
  passes: ['LOC-8'],
});
