import { defineFault } from '../fault.js';

export default defineFault({
  id: 'balancing-random',
  title: 'a DestinationRule asks for RANDOM instead of ROUND_ROBIN',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'LB-2',
      object: 'DestinationRule/helloworld-round-robin',
      patch: { spec: { trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } } },
    },
  ],
  fails: ({ names }) => ({ 'LB-2': names }),
  passes: ['LOC-8'],
});
