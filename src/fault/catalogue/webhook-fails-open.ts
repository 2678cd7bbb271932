import { defineFault } from '../fault.js';
import { editInjectors } from '../edit-webhooks.js';

export default defineFault({
  id: 'webhook-fails-open',
  title: 'the injection webhook of a cluster fails open when istiod is down',
  finding: 'F-WEBHOOK-FAILS-OPEN',
  async break({ one }, breakage) {
    await editInjectors(one, breakage, (webhook) => ({ ...webhook, failurePolicy: 'Ignore' }));
  },
  fails: ({ one }) => ({ 'CP-5': [one.name] }),
  passes: ['LOC-8'],
});
