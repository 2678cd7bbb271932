import { defineFault } from '../fault.js';

export default defineFault({
  id: 'retries-missing',
  title: 'a route has one retry instead of three',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'TRF-4',
      object: 'VirtualService/echo',
      patch: { spec: { http: { 1: { retries: { attempts: 1 } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-4': names }),
  passes: ['LOC-8'],
});
