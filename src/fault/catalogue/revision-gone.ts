import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';

export default defineFault({
  id: 'revision-gone',
  title: 'a namespace selects an Istio revision that no longer exists',
  finding: 'F-REVISION-GONE',
  async break({ two }, breakage) {
    breakage.afterwards(`${two.name}: sleep has no sidecar`, () => restart(two, sampleNamespace, 'deployment/sleep'));
    const labels = { 'istio-injection': null, 'istio.io/rev': '1-29-0' };
    await breakage.edit(two, 'default', `namespace/${sampleNamespace}`, { metadata: { labels } });
    await restart(two, sampleNamespace, 'deployment/sleep');
  },
  fails: ({ two }) => ({ 'INJ-1': [two.name] }),
  passes: ['LOC-8'],
});
