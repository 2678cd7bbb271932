import { defineCheck } from '../define-check.js';
import { expired } from '../expired-certificates.js';

export default defineCheck({
  id: 'F-INTERMEDIATE-EXPIRED',
  title: 'the signing certificate of an istiod has expired',
  hop: 'control plane',
  reads: ['certificates'],
  look: (mesh) =>
    expired(mesh, 'signer', (cluster, until) => ({
      says: `the signing certificate of istiod of ${cluster} expired at ${until}`,
      remedy: 'replace the intermediate certificate in the Secret with a new one of the same root, then restart istiod',
    })),
});
