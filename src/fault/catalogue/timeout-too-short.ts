import { hellos } from '../breakage.js';
import { addRoutes } from '../edit-helloworld.js';
import { defineFault } from '../fault.js';

export default defineFault({
  id: 'timeout-too-short',
  title: 'a VirtualService ends calls after one millisecond',
  finding: 'F-TIMEOUT-TOO-SHORT',
  requires: ['clusters >= 2'],
  async break(mesh, breakage) {
    const { one } = mesh;
    await addRoutes(mesh, breakage, [{ timeout: '0.001s', route: [{ destination: { host: 'helloworld' } }] }]);
    // a warm connection on one machine is sometimes as fast
    await breakage.until('calls end by their time limit', async () => (await hellos(one)).includes('request timeout'));
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
