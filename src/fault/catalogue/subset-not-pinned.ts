import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'subset-not-pinned',
  title: 'a route that should keep calls in their cluster names no subset',
  finding: {
    id: 'F-ROUTE-WITHOUT-SUBSET',
    words: /calls to pinned\.\S+ from sleep\nexpected: \S+ and no error\ngot: .*, /,
  },
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'LB-5',
      object: 'VirtualService/pinned',
      patch: { spec: { http: [{ route: [{ destination: { host: 'pinned.${namespace}.svc.cluster.local' } }] }] } },
    },
  ],
  fails: ({ names }) => ({ 'LB-5': each(names, /calls to pinned/) }),
  passes: ['LOC-8'],
});
