import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

const labels = { region: 'topology.kubernetes.io/region', zone: 'topology.kubernetes.io/zone' } as const;

export default defineCheck({
  id: 'F-LOCALITY-DIFFERS',
  title: 'the region or zone of nodes differs from the topology',
  hop: 'balancing',
  reads: ['nodes'],
  // the nodes of a cluster that somebody else has made may be in several zones
  applies: ({ plan }) => plan.provider === 'kind',
  look: (mesh) =>
    among(mesh.clusters, async (cluster) => {
      const { region, zone } = cluster.handle;
      return (await cluster.list('nodes')).flatMap(({ metadata }) => {
        const found = { region: metadata?.labels?.[labels.region], zone: metadata?.labels?.[labels.zone] };
        if (found.region === region && found.zone === zone) return [];
        return [
          {
            cluster: cluster.name,
            object: `node//${metadata!.name}`,
            facts: { region: found.region ?? null, zone: found.zone ?? null, expected: { region, zone } },
            says: `node ${metadata!.name} of ${cluster.name} is in ${found.region ?? 'no region'}/${found.zone ?? 'no zone'}; the topology has ${region}/${zone}`,
            remedy: `kubectl label node ${metadata!.name} --overwrite ${labels.region}=${region} ${labels.zone}=${zone}, then restart the pods on it`,
          },
        ];
      });
    }),
});
