import { defineFault } from '../fault.js';

export default defineFault({
  id: 'distribution-changed',
  title: 'distribute keeps 34 % of the calls in their region instead of 70 %',
  finding: 'F-CONFIGURATION-DIFFERS',
  requires: ['regions >= 3'],
  manifests: [
    {
      manifest: 'LOC-7',
      object: 'DestinationRule/helloworld',
      patch: {
        spec: {
          trafficPolicy: {
            loadBalancer: {
              localityLbSetting: {
                distribute: {
                  0: { forEachRegion: { to: { '${region}/*': 34, '${region+1}/*': 33, '${region+2}/*': 33 } } },
                },
              },
            },
          },
        },
      },
    },
  ],
  fails: ({ names }) => ({ 'LOC-7': names }),
  passes: ['LOC-8'],
});
