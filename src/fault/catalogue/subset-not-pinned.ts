import { defineFault } from '../fault.js';

export default defineFault({
  id: 'subset-not-pinned',
  title: 'a route that should keep calls in their cluster has no subset',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'LB-5',
      object: 'VirtualService/pinned',
      patch: { spec: { http: [{ route: [{ destination: { host: 'pinned.${namespace}.svc.cluster.local' } }] }] } },
    },
  ],
  fails: ({ names }) => ({ 'LB-5': names }),
  passes: ['LOC-8'],
});
