import { defineFault } from '../fault.js';
import { validatorName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'validation-missing',
  title: 'no webhook validates the configuration of a primary',
  finding: 'F-VALIDATION-MISSING',
  async break({ one }, breakage) {
    for (const name of [validatorName(one.istio), 'istiod-default-validator'])
      await breakage.delete(one, 'default', `validatingwebhookconfiguration/${name}`);
  },
  fails: ({ one }) => ({ 'LOC-8': [one.name] }),
  passes: ['LB-1'],
});
