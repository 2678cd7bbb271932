import { defineFault } from '../fault.js';
import { networkLabel } from '../../check/gateway-facts.js';
import { proxyClusters } from '../breakage.js';

export default defineFault({
  id: 'second-gateway-silent',
  title: "a second gateway has a network's label, but nothing listens on it",
  finding: 'F-GATEWAY-SILENT',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    const port = { name: 'tls', port: 15443, targetPort: 15443 };
    const before = await proxyClusters(one, 'sleep', 'helloworld');
    await breakage.create(two, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'istio-eastwestgateway-canary',
        namespace: two.istio.namespace,
        labels: { [networkLabel]: two.network },
      },
      spec: { type: 'LoadBalancer', selector: { app: 'istiod' }, ports: [port] },
    });
    await breakage.until('proxies know another gateway', async () => {
      const count = (text: string): number => text.split('15443::health_flags').length;
      return count(await proxyClusters(one, 'sleep', 'helloworld')) > count(before);
    });
  },
  fails: ({ one }) => ({ 'LB-3': [one.name] }),
  passes: ['LOC-8'],
});
