import { defineFault } from '../fault.js';
import { onlyVersionOf } from '../expectations.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'auto-passthrough-replaced',
  title: 'the Gateway that exposes services has PASSTHROUGH in the place of AUTO_PASSTHROUGH',
  finding: { id: 'F-NO-AUTO-PASSTHROUGH', words: /east-west gateway\nexpected: .*\ngot: .*forwards no calls/ },
  requires: ['multi-primary', 'multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
      spec: { servers: { 0: { tls: { mode: 'PASSTHROUGH' } } } },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': { [one.name]: onlyVersionOf(one) },
    'CP-7': { [one.name]: /calls to helloworld/ },
    'LB-3': {
      [one.name]: /upstream_host|and no error/,
      [two.name]: /east-west gateway\nexpected: .*\ngot: .*forwards no calls/,
    },
  }),
  passes: ['LOC-8'],
});
