import { defineFault } from '../fault.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-port-label-wrong',
  title: 'a label of an east-west gateway names a port that its Service does not have',
  finding: 'F-GATEWAY-PORT-MISSING',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    const labels = { 'networking.istio.io/gatewayPort': '443' };
    await breakage.edit(two, two.istio.namespace, `service/${eastWestGateway}`, { metadata: { labels } });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
