import { defineFault } from '../fault.js';

export default defineFault({
  id: 'locality-preferred',
  title: 'outlier detection in a rule for three clusters makes each prefer itself',
  finding: 'F-OUTLIER-DETECTION-UNASKED',
  requires: ['clusters >= 3', 'flat', 'multi-network'],
  manifests: [
    {
      manifest: 'LB-8',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 } } } },
    },
  ],
  fails: ({ names }) => ({ 'LB-8': names }),
  passes: ['LOC-8'],
});
