import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';

export default defineFault({
  id: 'injection-off',
  title: 'the namespace of a service has injection disabled',
  finding: 'F-NOT-INJECTED',
  async break({ two }, breakage) {
    const workload = `deployment/helloworld-${two.helloworld[0]}`;
    breakage.afterwards(`${two.name}: ${workload} has no sidecar`, () => restart(two, sampleNamespace, workload));
    const labels = { 'istio-injection': 'disabled' };
    await breakage.edit(two, 'default', `namespace/${sampleNamespace}`, { metadata: { labels } });
    await restart(two, sampleNamespace, workload);
  },
  fails: ({ one, two, features }) => ({
    // in a flat network a pod without a sidecar is called in plain text; no gateway forwards that
    'LB-1': features['multi-network'] ? [one.name] : [],
    'INJ-1': [two.name],
  }),
  passes: ['LOC-8'],
});
