import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-VALIDATION-MISSING',
  title: 'no webhook validates the configuration of a primary',
  hop: 'validation',
  reads: ['webhooks'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const found = await primary.list('validatingwebhookconfigurations');
      if (found.some(({ webhooks = [] }) => webhooks.some(({ name }) => /\bvalidation\.istio\.io$/.test(name))))
        return [];
      return [
        {
          cluster: primary.name,
          object: `validatingwebhookconfiguration//${primary.istiod.validator}`,
          facts: { found: found.map(({ metadata }) => metadata.name ?? '') },
          says: `no webhook validates Istio's configuration in ${primary.name}: invalid objects are accepted`,
          remedy: 'install the control plane again: its base has the ValidatingWebhookConfiguration',
        },
      ];
    }),
});
