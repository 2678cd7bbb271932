import { defineFault } from '../fault.js';

export default defineFault({
  id: 'abort-for-all',
  title: 'an injected fault hits all calls instead of 30 %',
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
