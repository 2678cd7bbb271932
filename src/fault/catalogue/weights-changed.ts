import { defineFault } from '../fault.js';

export default defineFault({
  id: 'weights-changed',
  title: 'the weights of a route are 50/50 instead of 80/20',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'TRF-1',
      object: 'VirtualService/split-80-20',
      patch: { spec: { http: { 1: { route: { 0: { weight: 50 }, 1: { weight: 50 } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-1': names }),
  passes: ['LOC-8'],
});
