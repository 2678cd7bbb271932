import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'failover-to-nowhere',
  title: 'failover leads to a region that does not exist',
  finding: {
    id: 'F-FAILOVER-REGION',
    // the region that failover should name is no better than the one that nobody names
    words: /priorities of \S+ in the proxy of sleep\nexpected: .* 0, .* 1, .* 2\ngot: (?!.* 2)/,
  },
  requires: ['regions >= 3'],
  manifests: [
    {
      manifest: 'LOC-6',
      object: 'DestinationRule/helloworld',
      patch: {
        spec: {
          trafficPolicy: {
            loadBalancer: { localityLbSetting: { failover: { 0: { forEachRegion: { to: 'nowhere' } } } } },
          },
        },
      },
    },
  ],
  fails: ({ names }) => ({ 'LOC-6': each(names, /priorities of/) }),
  passes: ['LOC-8'],
});
