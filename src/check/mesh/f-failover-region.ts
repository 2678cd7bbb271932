import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-FAILOVER-REGION',
  title: 'failover targets a region without nodes',
  hop: 'balancing',
  reads: ['configuration', 'nodes', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const nodes = await Promise.all(mesh.clusters.map((cluster) => cluster.list('nodes')));
      const regions = new Set(
        nodes.flat().flatMap(({ metadata }) => metadata?.labels?.['topology.kubernetes.io/region'] ?? []),
      );
      return (await mesh.unexpected(primary, 'destinationrules')).flatMap(({ metadata, spec }) => {
        const failover = spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.failover ?? [];
        const nowhere = failover
          .filter(({ to = '' }) => !regions.has(to))
          .map(({ from = '', to = '' }) => ({ from, to }));
        if (nowhere.length === 0 || regions.size === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('DestinationRule', metadata),
            facts: { failover: nowhere, regions: [...regions] },
            says: `${titleOf('DestinationRule', metadata)} of ${primary.name} fails over from ${nowhere[0]!.from} to ${nowhere[0]!.to}, a region without nodes`,
            remedy: `use one of the existing regions: ${[...regions].join(', ')}`,
          },
        ];
      });
    }),
});
