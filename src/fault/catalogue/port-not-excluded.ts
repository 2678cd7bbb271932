import { defineFault } from '../fault.js';

export default defineFault({
  id: 'port-not-excluded',
  title: 'an annotation excludes the wrong port from a sidecar',
  finding: 'F-EXCLUDED-PORT',
  requires: ['not strict-mtls'],
  manifests: [
    {
      manifest: 'TRF-8',
      object: 'Deployment/server-bypassed',
      patch: {
        spec: { template: { metadata: { annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '5001' } } } },
      },
    },
  ],
  fails: ({ names }) => ({ 'TRF-8': names }),
  passes: ['LOC-8'],
});
