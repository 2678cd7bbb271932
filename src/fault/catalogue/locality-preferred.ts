import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'locality-preferred',
  title: 'outlier detection in a rule for three clusters makes each of them prefer itself',
  finding: {
    id: 'F-OUTLIER-DETECTION-UNASKED',
    words:
      /calls to helloworld\.own-\S+ from sleep\nexpected: every version in one batch: \S+, \S+, \S+\ngot: \S+ 20$/m,
  },
  requires: ['clusters >= 3', 'flat', 'multi-network'],
  manifests: [
    {
      manifest: 'LB-8',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } } } },
    },
  ],
  fails: ({ names }) => ({ 'LB-8': each(names, /every version in one batch/) }),
  passes: ['LOC-8'],
});
