import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'abort-for-all',
  title: 'a fault that is to be injected into 30 % of the calls meets all of them',
  finding: { id: 'F-FAULT-PERCENTAGE', words: /expected: HTTP 418 30\.0 %[^]*got: HTTP 418 \d+, which/ },
  manifests: [
    {
      manifest: 'TRF-3',
      object: 'VirtualService/helloworld',
      patch: { spec: { http: { 3: { fault: { abort: { percentage: { value: 100 } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-3': each(names, /expected: HTTP 418 30\.0 %/) }),
  passes: ['LOC-8'],
});
