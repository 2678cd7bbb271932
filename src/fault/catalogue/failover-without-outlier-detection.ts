import { defineFault } from '../fault.js';

export default defineFault({
  id: 'failover-without-outlier-detection',
  title: 'a failover rule has no outlier detection',
  finding: 'F-NO-OUTLIER-DETECTION',
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-2',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: null } } },
    },
  ],
  fails: ({ names }) => ({ 'LOC-2': names }),
  passes: ['LOC-8'],
});
