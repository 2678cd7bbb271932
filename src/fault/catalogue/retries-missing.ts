import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'retries-missing',
  title: 'a route has one retry instead of three',
  finding: { id: 'F-TOO-FEW-RETRIES', words: /retries\?\S+\nexpected: .*attempt 4[^]*got: (?!.*attempt 4)/ },
  manifests: [
    {
      manifest: 'TRF-4',
      object: 'VirtualService/echo',
      patch: { spec: { http: { 1: { retries: { attempts: 1 } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-4': each(names, /expected: attempt 1 50/) }),
  passes: ['LOC-8'],
});
