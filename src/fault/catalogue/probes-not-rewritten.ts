import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'probes-not-rewritten',
  title: "the kubelet's probes of a pod are not led past a STRICT policy",
  finding: { id: 'F-PROBES-NOT-REWRITTEN', words: /got: .*http: not ready, connection reset by peer/ },
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
  fails: ({ names }) => ({ 'MTLS-9': each(names, /http: not ready, connection reset by peer/) }),
  passes: ['LOC-8'],
});
