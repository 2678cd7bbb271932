import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'auto-passthrough-replaced',
  title: 'the Gateway that exposes services has PASSTHROUGH instead of AUTO_PASSTHROUGH',
  finding: 'F-NO-AUTO-PASSTHROUGH',
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
      spec: { servers: { 0: { tls: { mode: 'PASSTHROUGH' } } } },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': [one.name],
    'CP-7': [one.name],
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
