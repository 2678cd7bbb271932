import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-of-gone-revision',
  title: 'the Gateway that exposes services has a revision that does not exist',
  finding: 'F-GATEWAY-REVISION',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
      metadata: { labels: { 'istio.io/rev': 'gone' } },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({ 'LB-1': [one.name], 'LB-3': [one.name, two.name] }),
  passes: ['LOC-8'],
});
