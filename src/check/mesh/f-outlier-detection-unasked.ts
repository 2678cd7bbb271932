import { among } from '../check.js';
import { declarationOf, objectOf, titleOf } from '../declared.js';
import type { TrafficPolicy } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-OUTLIER-DETECTION-UNASKED',
  title: 'a rule that should prefer no locality has outlier detection',
  hop: 'balancing',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'destinationrules'))
        .filter(({ metadata, spec }) => {
          const declared = declarationOf(mesh.declared, primary.name, 'DestinationRule', metadata);
          const { trafficPolicy } = (declared?.['spec'] ?? {}) as { trafficPolicy?: TrafficPolicy };
          const wants = trafficPolicy?.outlierDetection !== undefined;
          return Boolean(spec?.trafficPolicy?.outlierDetection) && declared !== undefined && !wants;
        })
        .map(({ metadata, spec }) => ({
          cluster: primary.name,
          object: objectOf('DestinationRule', metadata),
          facts: { host: spec?.host ?? null },
          says: `${titleOf('DestinationRule', metadata)} of ${primary.name} has outlierDetection, which was not declared: callers prefer their own locality`,
          remedy: 'remove trafficPolicy.outlierDetection, or set localityLbSetting.enabled to false',
        })),
    ),
});
