import { defineFault } from '../fault.js';

export default defineFault({
  id: 'ejection-too-late',
  title: 'outlier detection ejects an endpoint only after a hundred errors',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['regions >= 2'],
  manifests: [
    {
      manifest: 'LOC-3',
      object: 'DestinationRule/helloworld',
      patch: { spec: { trafficPolicy: { outlierDetection: { consecutive5xxErrors: 10000 } } } },
    },
  ],
  fails: ({ one }) => ({ 'LOC-3': [one.name] }),
  passes: ['LOC-8'],
});
