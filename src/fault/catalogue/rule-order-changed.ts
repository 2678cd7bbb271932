import { defineFault } from '../fault.js';

export default defineFault({
  id: 'rule-order-changed',
  title: 'a broad rule comes before the specific rule that should match first',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'TRF-2',
      object: 'VirtualService/helloworld',
      patch: { spec: { http: { 0: { match: { 0: { headers: { to: { exact: 'neighbour' } } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-2': names }),
  passes: ['LOC-8'],
});
