import { defineCheck } from '../define-check.js';
import { rulesThat } from '../outlier-rules.js';

export default defineCheck({
  id: 'F-OUTLIER-DETECTION-UNASKED',
  title: 'a rule without locality preference has outlier detection',
  hop: 'balancing',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    rulesThat(
      mesh,
      (policy, declared) =>
        Boolean(policy?.outlierDetection) && declared !== undefined && declared.outlierDetection === undefined,
      (rule) => ({
        says: `${rule} has undeclared outlierDetection: callers prefer their own locality`,
        remedy: 'remove trafficPolicy.outlierDetection, or set localityLbSetting.enabled to false',
      }),
    ),
});
