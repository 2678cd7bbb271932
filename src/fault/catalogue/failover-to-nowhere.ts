import { defineFault } from '../fault.js';

export default defineFault({
  id: 'failover-to-nowhere',
  title: 'failover leads to a region that does not exist',
  finding: 'F-FAILOVER-REGION',
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
  fails: ({ names }) => ({ 'LOC-6': names }),
  passes: ['LOC-8'],
});
