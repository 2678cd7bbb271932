import { defineFault } from '../fault.js';
import { validatorName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'validation-missing',
  title: 'no webhook validates the configuration of a primary',
  finding: { id: 'F-VALIDATION-MISSING', words: /DestinationRule both: accepted/ },
  async break({ one }, breakage) {
    for (const name of [validatorName(one.istio), 'istiod-default-validator'])
      await breakage.delete(one, 'default', `validatingwebhookconfiguration/${name}`);
  },
  fails: ({ one }) => ({ 'LOC-8': { [one.name]: /got: .*DestinationRule both: accepted/ } }),
  passes: ['LB-1'],
});
