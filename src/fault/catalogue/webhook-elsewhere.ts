import { defineFault } from '../fault.js';
import { editInjectors } from '../edit-webhooks.js';

export default defineFault({
  id: 'webhook-elsewhere',
  title: 'the injection webhook of a cluster leads to a service that is not there',
  finding: 'F-WEBHOOK-UNREACHABLE',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    await editInjectors(two, breakage, (webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, service: { ...webhook.clientConfig.service, name: 'istiod-old' } },
    }));
  },
  fails: ({ two }) => ({ 'INJ-1': [two.name] }),
  passes: ['LB-1'],
});
