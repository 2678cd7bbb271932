import { defineCheck } from '../define-check.js';
import { expired } from '../expired-certificates.js';

export default defineCheck({
  id: 'F-ROOT-EXPIRED',
  title: 'the root certificate of a cluster has expired',
  hop: 'control plane',
  reads: ['certificates'],
  look: (mesh) =>
    expired(mesh, 'root', (cluster, until) => ({
      says: `the root certificate of ${cluster} expired at ${until}`,
      remedy: 'rotate the root: first make all clusters trust both roots, then sign with the new one',
    })),
});
