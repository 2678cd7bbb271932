import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-REMOTE-SECRET-UNLABELLED',
  title: 'a remote secret lacks the label that istiod watches',
  hop: 'control plane',
  reads: ['remote secrets'],
  applies: ({ features }) => features.clusters > 1,
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const [secrets, unlabelled] = await Promise.all([primary.remoteSecrets(), primary.unlabelledSecrets()]);
      return unlabelled
        .filter(({ clusters }) => clusters.some((one) => !secrets.some(({ cluster }) => cluster === one)))
        .map(({ secret, clusters }) => ({
          cluster: primary.name,
          object: `secret/${secret}`,
          facts: { secret, of: clusters },
          says: `Secret ${secret} in ${primary.name} is for ${clusters.join(', ')} but lacks the label istio/multiCluster=true: istiod does not see it`,
          remedy: `kubectl -n ${secret.split('/')[0]} label secret ${secret.split('/')[1]} istio/multiCluster=true`,
        }));
    }),
});
