import { defineFault } from '../fault.js';

export default defineFault({
  id: 'server-not-verified',
  title: 'the egress gateway verifies a server with the wrong CA',
  finding: 'F-CONFIGURATION-DIFFERS',
  manifests: [
    {
      manifest: 'EGR-6',
      object: 'DestinationRule/untrusted',
      patch: { spec: { trafficPolicy: { portLevelSettings: { 0: { tls: { credentialName: 'trusted' } } } } } },
    },
  ],
  fails: ({ names }) => ({ 'EGR-6': names }),
  passes: ['LOC-8'],
});
