import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-selector-wrong',
  title: 'the selector of the Gateway that exposes services matches no gateway',
  finding: 'F-GATEWAY-SELECTOR',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
      spec: { selector: { istio: 'eastwest' } },
    });
    // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': [one.name],
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
