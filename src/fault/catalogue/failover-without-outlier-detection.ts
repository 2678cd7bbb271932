import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'failover-without-outlier-detection',
  title: 'a failover rule has no outlier detection',
  finding: {
    id: 'F-NO-OUTLIER-DETECTION',
    words: /helloworld\.own-\S+ from sleep\nexpected: \S+ and no error\ngot: .*, /,
  },
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-2',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: null } } },
    },
  ],
  fails: ({ names }) => ({ 'LOC-2': each(names, /helloworld\.own-/) }),
  passes: ['LOC-8'],
});
