import { defineFault } from '../fault.js';
import { istioNamespace, sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';

export default defineFault({
  id: 'mesh-id-different',
  title: 'the proxies of a cluster are told another mesh id',
  finding: 'F-MESH-ID-DIFFERENT',
  requires: ['multi-primary'],
  async break({ two }, breakage) {
    const restarted = async (): Promise<void> => {
      // what it injects it reads when it starts
      await restart(two, istioNamespace, 'deployment/istiod');
      await restart(two, sampleNamespace, 'deployment/sleep');
    };
    breakage.afterwards(`${two.name}: a pod with another mesh id`, restarted);
    await breakage.edit(two, istioNamespace, 'configmap/istio-sidecar-injector', (object) => {
      const { data } = object as { data: { values: string } };
      const values = data.values.replace(/"meshID":\s*"[^"]*"/, '"meshID": "another-mesh"');
      return { ...object, data: { ...data, values } };
    });
    await restarted();
  },
  fails: ({ two }) => ({ 'CP-1': [two.name] }),
  // it is told apart in telemetry alone
  passes: ['LB-1'],
});
