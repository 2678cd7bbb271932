import { defineFault } from '../fault.js';

export default defineFault({
  id: 'mirror-missing',
  title: 'half of the calls are mirrored instead of all',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['clusters >= 2'],
  manifests: [
    {
      manifest: 'TRF-5',
      object: 'VirtualService/helloworld',
      patch: { spec: { http: { 0: { mirrorPercentage: { value: 50 } } } } },
    },
  ],
  // where the copies of a primary's calls go: it is asked what has arrived
  fails: ({ clusters }) => ({
    'TRF-5': clusters.filter((_, i) => clusters.at(i - 1)!.role === 'primary').map(({ name }) => name),
  }),
  passes: ['LOC-8'],
});
