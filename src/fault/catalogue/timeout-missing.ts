import { defineFault } from '../fault.js';

export default defineFault({
  id: 'timeout-missing',
  title: 'a route has no timeout',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    { manifest: 'TRF-4', object: 'VirtualService/echo', patch: { spec: { http: { 0: { timeout: null } } } } },
  ],
  fails: ({ names }) => ({ 'TRF-4': names }),
  passes: ['LOC-8'],
});
