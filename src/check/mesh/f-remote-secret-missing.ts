import { among } from '../check.js';
import { makeSecret } from '../remote-secret-problems.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-MISSING',
  title: 'a primary has no remote secret of another cluster',
  hop: 'control plane',
  reads: ['remote secrets'],
  needs: ['F-REMOTE-SECRET-UNLABELLED'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const secrets = await primary.remoteSecrets();
      const others = mesh.clusters.filter(({ name }) => name !== primary.name);
      return others
        .filter(({ name }) => !secrets.some(({ cluster }) => cluster === name))
        .map((other) => ({
          cluster: primary.name,
          object: `secret/${primary.istiod.namespace}/istio-remote-secret-${other.name}`,
          facts: { missing: other.name, found: secrets.map(({ cluster }) => cluster) },
          says: `${primary.name} has no remote secret of ${other.name}`,
          remedy: makeSecret(primary, other),
        }));
    }),
});
