import { defineFault } from '../fault.js';
import { onlyVersionOf } from '../expectations.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-selector-wrong',
  title: 'the selector of the Gateway that exposes services matches no gateway',
  finding: { id: 'F-GATEWAY-SELECTOR', words: /east-west gateway\nexpected: .*\ngot: .*does not listen on 15443/ },
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
      spec: { selector: { istio: 'eastwest' } },
    });
    // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': { [one.name]: onlyVersionOf(one) },
    'LB-3': {
      [one.name]: /upstream_host|and no error/,
      [two.name]: /east-west gateway\nexpected: .*\ngot: .*does not listen on 15443/,
    },
  }),
  passes: ['LOC-8'],
});
