import { defineFault } from '../fault.js';

export default defineFault({
  id: 'outlier-detection-missing',
  title: 'a rule for locality has no outlier detection',
  finding: 'F-NO-OUTLIER-DETECTION',
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-1',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: null, connectionPool: { tcp: { maxConnections: 1000 } } } } },
    },
  ],
  fails: ({ names }) => ({ 'LOC-1': names }),
  passes: ['LOC-8'],
});
