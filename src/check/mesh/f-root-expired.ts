import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-ROOT-EXPIRED',
  title: 'the root certificate of a cluster has expired',
  hop: 'control plane',
  reads: ['certificates'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const { secret, root } = await primary.authority();
      if (!root || root.until > Date.now()) return [];
      const until = new Date(root.until).toISOString();
      return [
        {
          cluster: primary.name,
          object: `secret/${primary.istiod.namespace}/${secret}`,
          facts: { subject: root.subject, fingerprint: root.fingerprint, until },
          says: `the root certificate of ${primary.name} expired at ${until}`,
          remedy: 'rotate the root: first let all clusters trust the old and the new one, then sign with the new one',
        },
      ];
    }),
});
