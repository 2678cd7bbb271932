import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'port-15443-closed',
  title: 'a firewall refuses connections to port 15443 of a cluster',
  finding: 'F-GATEWAY-PORT-CLOSED',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    await breakage.filter(two, [
      'FORWARD',
      '-i',
      'eth0',
      '-p',
      'tcp',
      '--dport',
      '15443',
      '-j',
      'REJECT',
      '--reject-with',
      'tcp-reset',
    ]);
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
