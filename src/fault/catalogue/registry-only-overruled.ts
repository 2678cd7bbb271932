import { defineFault } from '../fault.js';

export default defineFault({
  id: 'registry-only-overruled',
  title: 'a Sidecar in istio-system allows all outbound traffic, despite the mesh config',
  finding: 'F-REGISTRY-ONLY-OVERRULED',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    await breakage.create(two, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: two.istio.namespace },
      spec: { egress: [{ hosts: ['*/*'] }], outboundTrafficPolicy: { mode: 'ALLOW_ANY' } },
    });
  },
  fails: ({ two }) => ({ 'EGR-2': [two.name] }),
  passes: ['LB-1'],
});
