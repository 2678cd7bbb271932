import { defineFault } from '../fault.js';
import { hellos } from '../breakage.js';

export default defineFault({
  id: 'link-swallows',
  title: 'packets to port 15443 of a cluster vanish',
  finding: { id: 'F-LINK-DROPS-PACKETS', words: /timed out|curl 28|timeout/ },
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    await breakage.filter(two, ['FORWARD', '-i', 'eth0', '-p', 'tcp', '--dport', '15443', '-j', 'DROP']);
    await breakage.until('a call hangs', async () => (await hellos(one, 4, 3)).includes('timed out'));
  },
  fails: ({ one }) => ({ 'LB-1': { [one.name]: /got: curl 28 \d+/ } }),
  passes: ['LOC-8'],
});
