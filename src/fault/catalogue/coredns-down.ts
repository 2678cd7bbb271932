import { defineFault } from '../fault.js';
import { hellos } from '../breakage.js';

export default defineFault({
  id: 'coredns-down',
  title: 'a cluster has no DNS',
  finding: 'F-DNS-DOWN',
  async break({ two }, breakage) {
    await breakage.scale(two, 'kube-system', 'coredns', 0);
    await breakage.until('no name is resolved', async () => !(await hellos(two, 1)).includes('Hello'));
  },
  fails: ({ two }) => ({ 'LB-2': [two.name] }),
  passes: ['LOC-8'],
});
