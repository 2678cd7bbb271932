import { defineFault } from '../fault.js';
import { untilCutOff } from '../edit-helloworld.js';
import { eastWestGateway } from '../../topology/mesh-names.js';

export default defineFault({
  id: 'gateway-port-missing',
  title: 'the Service of an east-west gateway has no port 15443',
  finding: 'F-GATEWAY-PORT-MISSING',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    await breakage.edit(two, two.istio.namespace, `service/${eastWestGateway}`, (service) => {
      const { spec } = service as { spec: { ports: { port: number }[] } };
      return { ...service, spec: { ...spec, ports: spec.ports.filter(({ port }) => port !== 15443) } };
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one }) => ({ 'LB-1': [one.name] }),
  passes: ['LOC-8'],
});
