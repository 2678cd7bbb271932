import { defineCheck } from '../define-check.js';
import type { TrafficPolicy } from '../object-kinds.js';
import { rulesThat } from '../outlier-rules.js';

export default defineCheck({
  id: 'F-NO-OUTLIER-DETECTION',
  title: 'a locality rule has no outlier detection, which locality preference needs',
  hop: 'balancing',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    rulesThat(
      mesh,
      (policy, declared) => !policy?.outlierDetection && (prefers(policy) || declared?.outlierDetection !== undefined),
      (rule) => ({
        says: `${rule} has no outlierDetection: Istio prefers no locality, and no call fails over`,
        remedy: 'add trafficPolicy.outlierDetection',
      }),
    ),
});

function prefers(policy: TrafficPolicy | undefined): boolean {
  const { enabled = true, ...setting } = policy?.loadBalancer?.localityLbSetting ?? { enabled: false };
  return enabled && Object.keys(setting).length > 0;
}
