import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'mirror-missing',
  title: 'half of the calls are mirrored instead of all',
  finding: { id: 'F-MIRROR-PERCENTAGE', words: /expected: 50 of 50 calls\ngot: \d\d? of 50 calls/ },
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
    'TRF-5': each(
      clusters.filter((_, i) => clusters.at(i - 1)!.role === 'primary').map(({ name }) => name),
      /expected: 50 of 50 calls/,
    ),
  }),
  passes: ['LOC-8'],
});
