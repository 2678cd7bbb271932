import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'outlier-detection-missing',
  title: 'a rule for locality has no outlier detection',
  finding: {
    id: 'F-NO-OUTLIER-DETECTION',
    words: /calls to helloworld\.own-\S+ from sleep\nexpected: \S+ and no error\ngot: .*, /,
  },
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-1',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: null, connectionPool: { tcp: { maxConnections: 1000 } } } } },
    },
  ],
  fails: ({ names }) => ({ 'LOC-1': each(names, /helloworld\.own-/) }),
  passes: ['LOC-8'],
});
