import { defineFault } from '../fault.js';
import { editInjectors } from '../edit-webhooks.js';

export default defineFault({
  id: 'webhook-elsewhere',
  title: 'the injection webhook of a cluster points to a Service that does not exist',
  finding: 'F-WEBHOOK-UNREACHABLE',
  async break({ two }, breakage) {
    await editInjectors(two, breakage, (webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, service: { ...webhook.clientConfig.service, name: 'istiod-old' } },
    }));
  },
  fails: ({ two }) => ({ 'INJ-1': [two.name] }),
  passes: ['LB-1'],
});
