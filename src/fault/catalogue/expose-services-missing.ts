import { defineFault } from '../fault.js';
import { onlyVersionOf } from '../expectations.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'expose-services-missing',
  title: 'a cluster has no Gateway that exposes its services to other networks',
  finding: { id: 'F-SERVICES-NOT-EXPOSED', words: /east-west gateway\nexpected: .*\ngot: .*does not listen on 15443/ },
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.delete(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway');
    // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': { [one.name]: onlyVersionOf(one) },
    'LB-2': { [one.name]: onlyVersionOf(one) },
    // Envoy tries its other endpoint, which is the local one, and now and then finds the same again
    'LB-3': { [one.name]: /upstream_host|and no error/, [two.name]: /does not listen on 15443/ },
  }),
  passes: ['LOC-8'],
  evidence: ({ two }) => [{ file: `${two.name}/istio-config.txt`, without: /cross-network-gateway/ }],
});
