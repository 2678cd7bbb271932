import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';
import { restart } from '../breakage.js';

export default defineFault({
  id: 'outbound-port-excluded',
  title: 'the sidecar of a caller excludes the port of the service',
  finding: 'F-OUTBOUND-EXCLUDED',
  async break({ one, two }, breakage) {
    breakage.afterwards(`${one.name}: calls of sleep bypass its sidecar`, () =>
      restart(one, sampleNamespace, 'deployment/sleep'),
    );
    await breakage.edit(one, sampleNamespace, 'deployment/sleep', {
      spec: {
        template: { metadata: { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '5000' } } },
      },
    });
    await restart(one, sampleNamespace, 'deployment/sleep');
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
