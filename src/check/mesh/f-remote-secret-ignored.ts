import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { soundSecrets } from '../remote-secret-problems.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-IGNORED',
  title: 'istiod ignores a valid remote secret',
  hop: 'control plane',
  reads: ['remote secrets', 'istiod'],
  needs: soundSecrets,
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [secrets, watched] = await Promise.all([primary.remoteSecrets(), primary.watched()]);
      return secrets
        .filter(({ cluster, flaw }) => !flaw && mesh.clusters.some(({ name }) => name === cluster))
        .filter(({ cluster }) => !watched.some(({ id }) => id === cluster))
        .map(({ secret, cluster }) => ({
          cluster: primary.name,
          object: `secret/${secret}`,
          facts: { secret, of: cluster, watched: watched.map(({ id }) => id) },
          says: `Secret ${secret} in ${primary.name} holds a valid kubeconfig of ${cluster}, but istiod ignores it: another secret of this cluster existed before`,
          remedy: `apply it again with any change (kubectl -n ${secret.split('/')[0]} annotate secret ${secret.split('/')[1]} again=1), or restart istiod; to rename a secret: delete it, wait, add it again`,
        }));
    }),
});
