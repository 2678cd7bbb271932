import { defineFault } from '../fault.js';
import { editExposure } from '../edit-exposure.js';

export default defineFault({
  id: 'gateway-selector-wrong',
  title: 'the selector of the Gateway that exposes services matches no gateway',
  finding: 'F-GATEWAY-SELECTOR',
  requires: ['multi-network'],
  break: (mesh, breakage) => editExposure(mesh, breakage, { spec: { selector: { istio: 'eastwest' } } }),
  fails: ({ one, two, callersInto }) => ({
    'LB-1': callersInto(two),
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
