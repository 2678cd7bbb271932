import { defineFault } from '../fault.js';
import { istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'istiod-down',
  title: 'a primary has no running istiod',
  finding: 'F-ISTIOD-DOWN',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    await breakage.scale(two, two.istio.namespace, istiodName(two.istio), 0);
  },
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  // istiod is in the path of no call
  passes: ['LB-1', 'LB-3'],
});
