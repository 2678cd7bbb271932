import { defineFault } from '../fault.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import { untilUnknown } from '../edit-helloworld.js';

export default defineFault({
  id: 'network-label-wrong',
  title: "an east-west gateway has another network's label",
  finding: 'F-GATEWAY-NETWORK-WRONG',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    const labels = { 'topology.istio.io/network': one.network };
    await breakage.edit(two, two.istio.namespace, `service/${eastWestGateway}`, { metadata: { labels } });
    await untilUnknown(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-3': [one.name] }),
  passes: ['LOC-8'],
});
