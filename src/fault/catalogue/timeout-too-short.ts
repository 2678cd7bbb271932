import { sampleNamespace } from '../../topology/mesh-names.js';
import { hellos } from '../breakage.js';
import { defineFault } from '../fault.js';

export default defineFault({
  id: 'timeout-too-short',
  title: 'a VirtualService ends calls after one millisecond',
  finding: 'F-TIMEOUT-TOO-SHORT',
  requires: ['clusters >= 2'],
  async break({ one }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: {
        hosts: ['helloworld'],
        http: [{ timeout: '0.001s', route: [{ destination: { host: 'helloworld' } }] }],
      },
    });
    // a warm connection on one machine is sometimes as fast
    await breakage.until('calls end by their time limit', async () => (await hellos(one)).includes('request timeout'));
  },
  fails: ({ one, servedBy }) => ({ 'LB-1': servedBy(one) }),
  passes: ['LOC-8'],
});
