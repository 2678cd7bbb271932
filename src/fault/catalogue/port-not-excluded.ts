import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'port-not-excluded',
  title: "an annotation takes another port out of a sidecar's hands than the one that is called",
  finding: { id: 'F-EXCLUDED-PORT', words: /expected: another server 100\.0 %[^]*got: istio-envoy/ },
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
  fails: ({ names }) => ({ 'TRF-8': each(names, /expected: another server/) }),
  passes: ['LOC-8'],
});
