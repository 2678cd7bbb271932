import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';
import { onlyVersionOf } from '../expectations.js';

export default defineFault({
  id: 'injection-off',
  title: 'the namespace of a service is labelled to have no sidecars',
  finding: { id: 'F-NOT-INJECTED', words: /pods without a sidecar in sample\nexpected: none\ngot: helloworld/ },
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    const workload = `deployment/helloworld-${two.helloworld[0]}`;
    breakage.afterwards(`${two.name}: ${workload} has no sidecar`, () => restart(two, sampleNamespace, workload));
    const labels = { 'istio-injection': 'disabled' };
    await breakage.edit(two, 'default', `namespace/${sampleNamespace}`, { metadata: { labels } });
    await restart(two, sampleNamespace, workload);
  },
  fails: ({ one, two, features }) => ({
    // in a flat network a pod without a sidecar is called in plain text; no gateway forwards that
    ...(features['multi-network'] && { 'LB-1': { [one.name]: onlyVersionOf(one) } }),
    'INJ-1': { [two.name]: /pods without a sidecar in sample\nexpected: none\ngot: helloworld/ },
  }),
  passes: ['LOC-8'],
});
