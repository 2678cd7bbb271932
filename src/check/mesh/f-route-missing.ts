import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-ROUTE-MISSING',
  title: 'nodes have no route to the pods of another cluster of their network',
  hop: 'way',
  reads: ['nodes', 'routes'],
  applies: ({ features, plan }) => features.flat && plan.provider === 'kind',
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const near = mesh.clusters.filter((other) => other !== cluster && other.network === cluster.network);
      const ranges = await Promise.all(
        near.map(async (other) => ({
          other,
          ranges: (await other.list('nodes')).flatMap(({ spec }) => spec?.podCIDR ?? []),
        })),
      );
      const nodes = cluster.handle.nodes.map(({ name }) => name);
      const routes = await Promise.all(nodes.map((node) => cluster.routesOf(node)));
      return ranges.flatMap(({ other, ranges: own }) => {
        const missing = own.flatMap((range) =>
          nodes
            .filter((_, i) => !routes[i]!.split('\n').some((line) => line.startsWith(`${range} `)))
            .map((node) => ({ node, range })),
        );
        if (missing.length === 0) return [];
        return [
          {
            cluster: cluster.name,
            object: `node//${missing[0]!.node}`,
            facts: { missing, to: other.name },
            says: `node ${missing[0]!.node} of ${cluster.name} has no route to the pods of ${other.name} (${missing[0]!.range})`,
            remedy: `give the nodes of ${cluster.name} a route to the pods of ${other.name}, through the nodes of ${other.name}`,
          },
        ];
      });
    }),
});
