import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'outlier-detection-unasked',
  title: 'a rule that should prefer no locality has outlier detection',
  finding: {
    id: 'F-OUTLIER-DETECTION-UNASKED',
    words: /calls to helloworld\.own-[^]*expected: every version in one batch/,
  },
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-5',
      object: 'DestinationRule/helloworld',
      patch: {
        spec: {
          trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '5s' } },
        },
      },
    },
  ],
  fails: ({ names }) => ({ 'LOC-5': each(names, /helloworld\.own-/) }),
  passes: ['LOC-8'],
});
