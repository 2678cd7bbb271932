import { defineFault } from '../fault.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import { restart } from '../breakage.js';
import { injectorName, istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'mesh-id-different',
  title: 'the proxies of a cluster have a different mesh ID',
  finding: 'F-MESH-ID-DIFFERENT',
  async break({ two, primaryOf }, breakage) {
    const primary = primaryOf(two);
    const restarted = async (): Promise<void> => {
      // what it injects it reads when it starts
      await restart(primary, primary.istio.namespace, `deployment/${istiodName(primary.istio)}`);
      await restart(two, sampleNamespace, 'deployment/sleep');
    };
    breakage.afterwards(`${two.name}: a pod with another mesh id`, restarted);
    await breakage.edit(primary, primary.istio.namespace, `configmap/${injectorName(primary.istio)}`, (object) => {
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
