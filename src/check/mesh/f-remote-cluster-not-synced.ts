import { among } from '../check.js';
import { defineCheck } from '../define-check.js';
import { soundSecrets } from '../remote-secret-problems.js';

export default defineCheck({
  id: 'F-REMOTE-CLUSTER-NOT-SYNCED',
  title: 'istiod does not read a cluster despite a valid remote secret',
  hop: 'control plane',
  reads: ['remote secrets', 'istiod'],
  needs: [...soundSecrets, 'F-REMOTE-SECRET-IGNORED', 'F-READER-FORBIDDEN'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [secrets, watched] = await Promise.all([primary.remoteSecrets(), primary.watched()]);
      const known = secrets.filter(({ cluster }) => mesh.clusters.some(({ name }) => name === cluster));
      return known.flatMap(({ cluster, secret }) => {
        const status = watched.find(({ id }) => id === cluster)?.status;
        // that it does not know the cluster at all is another cause
        if (status === undefined || status === 'synced') return [];
        return [
          {
            cluster: primary.name,
            object: `secret/${secret}`,
            facts: { of: cluster, secret, status },
            says: `istiod of ${primary.name} does not read ${cluster}: ${status}`,
            remedy: `check istiod's log for ${cluster}; if another secret of this cluster existed, apply this one again`,
          },
        ];
      });
    }),
});
