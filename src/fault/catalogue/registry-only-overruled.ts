import { defineFault } from '../fault.js';

export default defineFault({
  id: 'registry-only-overruled',
  title: 'a Sidecar in istio-system allows all outbound traffic, despite the mesh config',
  finding: 'F-REGISTRY-ONLY-OVERRULED',
  harms: ['registry-only'],
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    await breakage.create(primary, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: primary.istio.namespace },
      spec: { egress: [{ hosts: ['*/*'] }], outboundTrafficPolicy: { mode: 'ALLOW_ANY' } },
    });
  },
  fails: ({ two, servedBy }) => ({ 'EGR-2': servedBy(two) }),
  passes: ['LB-1'],
});
