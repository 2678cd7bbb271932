import { defineFault } from '../fault.js';
import { each } from '../expectations.js';

export default defineFault({
  id: 'gateway-rule-in-mesh',
  title: 'a rule for a gateway is bound to the mesh as well',
  finding: { id: 'F-RULE-FOR-MESH', words: /expected: .* and no error\ngot: HTTP 418 \d+/ },
  manifests: [
    {
      manifest: 'TRF-7',
      object: 'VirtualService/gateway-only',
      patch: { spec: { gateways: ['ingress', 'mesh'] } },
    },
  ],
  fails: ({ names }) => ({ 'TRF-7': each(names, /got: HTTP 418/) }),
  passes: ['LOC-8'],
});
