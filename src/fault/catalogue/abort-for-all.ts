import { defineFault } from '../fault.js';

export default defineFault({
  id: 'abort-for-all',
  title: 'a fault that is to be injected into 30 % of the calls meets all of them',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'TRF-3',
      object: 'VirtualService/helloworld',
      patch: { spec: { http: { 3: { fault: { abort: { percentage: { value: 100 } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-3': names }),
  passes: ['LOC-8'],
});
