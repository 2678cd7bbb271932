import { defineFault } from '../fault.js';
import { hellos } from '../breakage.js';

export default defineFault({
  id: 'link-swallows',
  title: 'packets to port 15443 of a cluster are dropped',
  finding: 'F-LINK-DROPS-PACKETS',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    await breakage.filter(two, ['FORWARD', '-i', 'eth0', '-p', 'tcp', '--dport', '15443', '-j', 'DROP']);
    await breakage.until('a call hangs', async () => (await hellos(one, 4, 3)).includes('timed out'));
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
