import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NO-COMMON-ROOT',
  title: 'two clusters have no common root certificate',
  hop: 'mtls',
  reads: ['certificates'],
  applies: ({ features }) => features.clusters > 1,
  async look(mesh) {
    const [first, ...others] = mesh.clusters;
    const rootsOf = async (cluster: typeof first): Promise<string[]> => {
      const { published, root } = await cluster!.authority();
      return [...new Set([...published, ...(root ? [root] : [])].map(({ fingerprint }) => fingerprint))];
    };
    const known = await rootsOf(first);
    return among(others, async (cluster) => {
      const roots = await rootsOf(cluster);
      if (roots.length === 0 || known.length === 0 || roots.some((root) => known.includes(root))) return [];
      return [
        {
          cluster: cluster.name,
          object: `secret/${cluster.istiod.namespace}/cacerts`,
          facts: { [first!.name]: known, [cluster.name]: roots },
          says: `${cluster.name} has a different root certificate than ${first!.name}`,
          remedy:
            'sign the intermediate certificates of all clusters with one root, then restart istiod, gateways and workloads',
        },
      ];
    });
  },
});
