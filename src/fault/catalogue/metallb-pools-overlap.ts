import { defineFault } from '../fault.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'metallb-pools-overlap',
  title: 'the address pools of two clusters overlap, so both gateways have the same address',
  finding: 'F-GATEWAY-ADDRESS-SHARED',
  // a remote would find itself behind the address of its primary's gateway, and no istiod
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    const address = one.eastWestAddress!;
    await breakage.edit(two, 'metallb-system', 'ipaddresspool/meshproof', { spec: { addresses: [`${address}/32`] } });
    await breakage.edit(two, two.istio.namespace, `service/${eastWestGateway}`, {
      metadata: { annotations: { 'metallb.io/loadBalancerIPs': address } },
    });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
