import { defineFault } from '../fault.js';

export default defineFault({
  id: 'probes-not-rewritten',
  title: "the kubelet's probes of a pod are not rewritten, although its policy is STRICT",
  finding: 'F-PROBES-NOT-REWRITTEN',
  manifests: [
    {
      manifest: 'MTLS-9',
      object: 'Pod/http',
      patch: {
        metadata: { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' } },
        spec: { containers: { 0: { livenessProbe: null } } },
      },
    },
  ],
  fails: ({ names }) => ({ 'MTLS-9': names }),
  passes: ['LOC-8'],
});
