import { defineCheck } from '../define-check.js';
import { expired } from '../expired-certificates.js';

export default defineCheck({
  id: 'F-INTERMEDIATE-EXPIRED',
  title: 'the certificate that an istiod signs with has expired',
  hop: 'control plane',
  reads: ['certificates'],
  look: (mesh) =>
    expired(mesh, 'signer', (cluster, until) => ({
      says: `the certificate that istiod of ${cluster} signs with expired at ${until}`,
      remedy: 'put a new intermediate certificate, signed by the same root, into the Secret, then restart istiod',
    })),
});
