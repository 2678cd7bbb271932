import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'balancing-random',
  title: 'a DestinationRule asks for RANDOM instead of ROUND_ROBIN',
  finding: {
    id: 'F-BALANCING-POLICY',
    words: /load balancing policy for \S+ in the proxy of sleep\nexpected: ROUND_ROBIN\ngot: RANDOM/,
  },
  manifests: [
    {
      manifest: 'LB-2',
      object: 'DestinationRule/helloworld-round-robin',
      patch: { spec: { trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } } },
    },
  ],
  fails: ({ names }) => ({ 'LB-2': each(names, /got: RANDOM/) }),
  passes: ['LOC-8'],
});
