import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SECRETS-FORBIDDEN',
  title: 'istiod may not read the Secrets of its namespace',
  hop: 'control plane',
  reads: ['rights'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const verbs = ['get', 'list', 'watch'];
      const may = await Promise.all(verbs.map((verb) => primary.istiodMay(verb, 'secrets')));
      const missing = verbs.filter((_, i) => !may[i]);
      if (missing.length === 0) return [];
      const { namespace, serviceAccount } = primary.istiod;
      return [
        {
          cluster: primary.name,
          object: `serviceaccount/${namespace}/${serviceAccount}`,
          facts: { missing },
          says: `istiod of ${primary.name} may not ${missing.join(', ')} secrets in ${namespace}`,
          remedy: "restore the rules for secrets in istiod's ClusterRole and Role, or reinstall istiod",
        },
      ];
    }),
});
