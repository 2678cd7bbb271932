import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { kubectlJson, kubectl } from '../../kube/kubectl.js';

export default defineFault({
  id: 'half-injected',
  title: 'one of two pods of a service has no sidecar',
  finding: 'F-PARTLY-INJECTED',
  async break({ two }, breakage) {
    const version = two.helloworld[0]!;
    const { spec } = await kubectlJson<{ spec: { template: { spec: object } } }>(two, [
      ...['-n', sampleNamespace, 'get', 'deployment', `helloworld-${version}`],
    ]);
    await breakage.create(two, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'helloworld-extra',
        namespace: sampleNamespace,
        labels: { app: 'helloworld', version, 'sidecar.istio.io/inject': 'false' },
      },
      spec: spec.template.spec,
    });
    await kubectl(two, [
      '-n',
      sampleNamespace,
      'wait',
      '--for=condition=Ready',
      'pod/helloworld-extra',
      '--timeout=60s',
    ]);
  },
  fails: ({ two }) => ({ 'INJ-1': [two.name] }),
  passes: ['LB-1'],
});
