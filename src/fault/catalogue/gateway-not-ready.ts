import { defineFault } from '../fault.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import { kubectl } from '../../kube/kubectl.js';
import { rolledOut } from '../breakage.js';
import { untilCutOff } from '../edit-helloworld.js';

export default defineFault({
  id: 'gateway-not-ready',
  title: 'the pods of an east-west gateway are not ready',
  finding: 'F-GATEWAY-NOT-READY',
  requires: ['multi-network'],
  async break({ one, two }, breakage) {
    breakage.afterwards(`${two.name}: the gateway is not ready`, () =>
      rolledOut(two, two.istio.namespace, `deployment/${eastWestGateway}`),
    );
    await breakage.edit(two, two.istio.namespace, `deployment/${eastWestGateway}`, {
      spec: {
        // else the pod before it stays, as long as the new one is not ready
        strategy: { type: 'Recreate', rollingUpdate: null },
        template: {
          spec: {
            containers: { 0: { readinessProbe: { httpGet: { path: '/nowhere', port: 15021 }, periodSeconds: 1 } } },
          },
        },
      },
    });
    await breakage.until('no gateway is ready', async () => {
      const ready = '{.status.readyReplicas}';
      const args = ['-n', two.istio.namespace, 'get', `deployment/${eastWestGateway}`, '-o', `jsonpath=${ready}`];
      return Number((await kubectl(two, args)) || 0) === 0;
    });
    await untilCutOff(one, two, breakage);
  },
  fails: ({ one, two }) => ({
    'LB-1': [one.name],
    'LB-3': [one.name, two.name],
  }),
  passes: ['LOC-8'],
});
