import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'expose-services-missing',
  title: 'a cluster has no Gateway that exposes its services to other networks',
  finding: 'F-SERVICES-NOT-EXPOSED',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.delete(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway');
    // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': [one.name],
    'LB-2': [one.name],
    // Envoy tries its other endpoint, which is the local one, and now and then finds the same again
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
  evidence: ({ two }) => [{ file: `${two.name}/istio-config.txt`, lacks: 'cross-network-gateway' }],
});
