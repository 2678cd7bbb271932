import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'fault-left-over',
  title: 'a VirtualService ends all calls with an error, left over from a test',
  finding: 'F-FAULT-INJECTED',
  requires: ['multi-primary'],
  async break({ one, two }, breakage) {
    await breakage.create(one, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'stray', namespace: sampleNamespace },
      spec: {
        hosts: ['helloworld'],
        http: [
          {
            fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
            route: [{ destination: { host: 'helloworld' } }],
          },
        ],
      },
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
