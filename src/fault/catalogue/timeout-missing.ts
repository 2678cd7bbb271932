import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'timeout-missing',
  title: 'a route has no timeout',
  finding: {
    id: 'F-NO-TIMEOUT',
    words: /timeout\?delay=2s from sleep\nexpected: HTTP 504 to every call\ngot: (?!HTTP 504)/,
  },
  manifests: [
    { manifest: 'TRF-4', object: 'VirtualService/echo', patch: { spec: { http: { 0: { timeout: null } } } } },
  ],
  fails: ({ names }) => ({ 'TRF-4': each(names, /expected: HTTP 504 to every call/) }),
  passes: ['LOC-8'],
});
