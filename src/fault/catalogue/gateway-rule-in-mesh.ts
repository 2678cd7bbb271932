import { defineFault } from '../fault.js';

export default defineFault({
  id: 'gateway-rule-in-mesh',
  title: 'a VirtualService for a gateway also applies to sidecars',
  finding: 'F-RULE-FOR-MESH',
  manifests: [
    {
      manifest: 'TRF-7',
      object: 'VirtualService/gateway-only',
      patch: { spec: { gateways: ['ingress', 'mesh'] } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-7': names }),
  passes: ['LOC-8'],
});
