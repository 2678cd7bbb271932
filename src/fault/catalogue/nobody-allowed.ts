import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { thenNobodyDenied, untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'nobody-allowed',
  title: 'a policy without rules denies every call to the pods that it concerns',
  finding: 'F-AUTHZ-ALLOWS-NOBODY',
  async break({ one, two, primaryOf }, breakage) {
    thenNobodyDenied([one, two], breakage);
    await breakage.create(primaryOf(two), {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'allow-nothing', namespace: sampleNamespace },
      spec: {},
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ names }) => ({ 'LB-1': names }),
  passes: ['LOC-8'],
});
