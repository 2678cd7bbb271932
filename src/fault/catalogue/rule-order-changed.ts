import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'rule-order-changed',
  title: 'a rule that is wider comes before the one that it should leave calls to',
  finding: { id: 'F-RULE-ORDER', words: /expected: \S+ and no error\ngot: HTTP 418 \d+/ },
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'TRF-2',
      object: 'VirtualService/helloworld',
      patch: { spec: { http: { 0: { match: { 0: { headers: { to: { exact: 'neighbour' } } } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-2': each(names, /got: HTTP 418/) }),
  passes: ['LOC-8'],
});
