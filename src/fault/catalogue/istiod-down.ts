import { defineFault } from '../fault.js';
import { istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'istiod-down',
  title: 'a primary has no running istiod',
  finding: 'F-ISTIOD-DOWN',
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    await breakage.scale(primary, primary.istio.namespace, istiodName(primary.istio), 0);
  },
  fails: ({ two, primaryOf }) => ({ 'CP-1': [primaryOf(two).name] }),
  // istiod is in the path of no call
  passes: ['LB-1', 'LB-3'],
});
