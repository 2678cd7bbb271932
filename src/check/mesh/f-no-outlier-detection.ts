import { among } from '../check.js';
import { declarationOf, objectOf, titleOf } from '../declared.js';
import type { TrafficPolicy } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-NO-OUTLIER-DETECTION',
  title: 'a rule for localities has no outlier detection, without which none is preferred',
  hop: 'balancing',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'destinationrules'))
        .filter(({ metadata, spec }) => {
          const declared = declarationOf(mesh.declared, primary.name, 'DestinationRule', metadata);
          const { trafficPolicy } = (declared?.['spec'] ?? {}) as { trafficPolicy?: TrafficPolicy };
          const wants = trafficPolicy?.outlierDetection !== undefined;
          return !spec?.trafficPolicy?.outlierDetection && (prefers(spec?.trafficPolicy) || wants);
        })
        .map(({ metadata, spec }) => ({
          cluster: primary.name,
          object: objectOf('DestinationRule', metadata),
          facts: { host: spec?.host ?? null },
          says: `${titleOf('DestinationRule', metadata)} of ${primary.name} has no outlierDetection: no locality is preferred, and nothing fails over`,
          remedy: 'add trafficPolicy.outlierDetection',
        })),
    ),
});

function prefers(policy: TrafficPolicy | undefined): boolean {
  const { enabled = true, ...setting } = policy?.loadBalancer?.localityLbSetting ?? { enabled: false };
  return enabled && Object.keys(setting).length > 0;
}
