import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-INTERMEDIATE-EXPIRED',
  title: 'the certificate that an istiod signs with has expired',
  hop: 'control plane',
  reads: ['certificates'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const { secret, signer } = await primary.authority();
      if (!signer || signer.until > Date.now()) return [];
      const until = new Date(signer.until).toISOString();
      return [
        {
          cluster: primary.name,
          object: `secret/${primary.istiod.namespace}/${secret}`,
          facts: { subject: signer.subject, fingerprint: signer.fingerprint, until },
          says: `the certificate that istiod of ${primary.name} signs with expired at ${until}`,
          remedy: 'put a new intermediate certificate, signed by the same root, into the Secret, then restart istiod',
        },
      ];
    }),
});
