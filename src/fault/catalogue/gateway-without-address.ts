import { defineFault } from '../fault.js';
import { eastWestGateway, sampleNamespace } from '../../topology/mesh-names.js';
import { loadBalancerAddress } from '../../probe/service-shape.js';
import { restart } from '../breakage.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-without-address',
  title: 'an east-west gateway has no address',
  finding: 'F-GATEWAY-NO-ADDRESS',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    // 203.0.113.0/24 is for documentation: no pool has it
    const annotations = { 'metallb.io/loadBalancerIPs': '203.0.113.1' };
    await breakage.edit(two, two.istio.namespace, `service/${eastWestGateway}`, { metadata: { annotations } });
    const service = { namespace: two.istio.namespace, name: eastWestGateway };
    await breakage.until('the gateway has no address', async () => !(await loadBalancerAddress(two, service)));
    // Istio 1.31 keeps an address that is gone, and a proxy the connections that it has: a new one shows what is left
    await restart(one, sampleNamespace, 'deployment/sleep');
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({ 'LB-3': [one.name, two.name] }),
  passes: ['LOC-8'],
});
