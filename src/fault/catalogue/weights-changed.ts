import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'weights-changed',
  title: 'the weights of a route are 50/50 instead of 80/20',
  finding: { id: 'F-WEIGHTS', words: /calls to split-80-20\.\S+\nexpected: \S+ 80\.0 %, \S+ 20\.0 % of/ },
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'TRF-1',
      object: 'VirtualService/split-80-20',
      patch: { spec: { http: { 1: { route: { 0: { weight: 50 }, 1: { weight: 50 } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-1': each(names, /calls to split-80-20/) }),
  passes: ['LOC-8'],
});
