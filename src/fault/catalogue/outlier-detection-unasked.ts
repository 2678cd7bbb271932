import { defineFault } from '../fault.js';

export default defineFault({
  id: 'outlier-detection-unasked',
  title: 'a rule without locality preference has outlier detection',
  finding: 'F-OUTLIER-DETECTION-UNASKED',
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
  fails: ({ names }) => ({ 'LOC-5': names }),
  passes: ['LOC-8'],
});
